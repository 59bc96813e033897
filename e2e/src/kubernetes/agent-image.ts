/** The agent's own image as `npm run release` makes it, for a node that gets it as a file: it never comes through a door. */
import { join } from 'node:path'
import { enginePrograms, type KubernetesNode } from '@fairlead/testkit'
import { artefact, artefacts } from '../release/artefacts.ts'

/** As the chart names it. */
export const agentImage = { repository: 'fairlead.test/fairlead', tag: 'agent' } as const

const archive = (): Promise<string> =>
  artefact(/^fairlead-images-.*\.oci\.tar$/, artefacts('agent-image', 'image', '--arch', process.arch))

export async function importAgentImage({ machine, containerd }: KubernetesNode): Promise<void> {
  const [file, binDir] = await Promise.all([archive(), enginePrograms()])
  const ctr = ['--address', containerd.socket, '--namespace', 'k8s.io', 'images', 'import']
  // The tags in the archive are the two roles.
  await machine.mustExec(join(binDir, 'ctr'), [...ctr, '--base-name', agentImage.repository, file])
}
