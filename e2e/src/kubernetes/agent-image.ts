/** The agent's own image as `npm run release` makes it, for a node that gets it as a file: it never comes through a door. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enginePrograms, madeOnce, mustRun, type KubernetesNode } from '@fairlead/testkit'

const script = fileURLToPath(new URL('../../../scripts/release.ts', import.meta.url))

/** As the chart names it. */
export const agentImage = { repository: 'fairlead.test/fairlead', tag: 'agent' } as const

async function archive(): Promise<string> {
  const make = async (folder: string): Promise<void> => {
    await mustRun(process.execPath, [script, 'image', '--to', folder, '--arch', process.arch], { timeoutMs: 300_000 })
  }
  const folder = process.env['FAIRLEAD_RELEASE'] ?? (await madeOnce('agent-image', make))
  const name = (await readdir(folder)).find((file) => /^fairlead-images-.*\.oci\.tar$/.test(file))
  if (name === undefined) throw new Error(`there is no archive of images in ${folder}`)
  return join(folder, name)
}

export async function importAgentImage({ machine, containerd }: KubernetesNode): Promise<void> {
  const [file, binDir] = await Promise.all([archive(), enginePrograms()])
  const ctr = ['--address', containerd.socket, '--namespace', 'k8s.io', 'images', 'import']
  // The tags in the archive are the two roles.
  await machine.mustExec(join(binDir, 'ctr'), [...ctr, '--base-name', agentImage.repository, file])
}
