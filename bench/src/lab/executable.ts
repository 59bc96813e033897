/** The single-file executable of these sources, made for a benchmark. */
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { inRepository, mustRun, newFolder } from '@fairlead/testkit'

export interface Executable {
  readonly path: string
  /** The same file, under the name by which Docker starts it. */
  readonly dockerHelper: string
}

export async function makeExecutable(): Promise<Executable> {
  const folder = newFolder('executable')
  const script = inRepository('scripts/build-executable.ts')
  await mustRun(process.execPath, [script, '--to', folder])
  const path = join(folder, `fairlead-linux-${process.arch}`)
  const dockerHelper = join(folder, 'docker-credential-fairlead')
  await symlink(path, dockerHelper)
  return { path, dockerHelper }
}
