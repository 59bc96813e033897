/** Leaves a process only a part of one processor, as a small machine or a container's limit does. */
import { existsSync } from 'node:fs'
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@fairlead/testkit'

const periodUs = 100_000

/** Version 1 of cgroups and version 2: a file that only its root has, the file of the limit, and how it is written. */
const hierarchies = [
  { root: '/sys/fs/cgroup/cpu', has: 'cpu.shares', file: 'cpu.cfs_quota_us', text: (us: number) => String(us) },
  { root: '/sys/fs/cgroup', has: 'cgroup.subtree_control', file: 'cpu.max', text: (us: number) => `${us} ${periodUs}` },
]

/** Until the process has ended. */
export async function limitProcessor(pid: number, cores: number): Promise<AsyncDisposable> {
  const hierarchy = hierarchies.find(({ root, has }) => existsSync(join(root, has)))
  if (hierarchy === undefined) throw new Error('this machine has no cgroups with a processor limit')
  const folder = join(hierarchy.root, `fairlead-bench-${pid}`)
  await mkdir(folder)
  await writeFile(join(folder, hierarchy.file), hierarchy.text(cores * periodUs))
  await writeFile(join(folder, 'cgroup.procs'), String(pid))
  return {
    async [Symbol.asyncDispose]() {
      await eventually(
        () =>
          rmdir(folder).then(
            () => true,
            () => undefined,
          ),
        { what: `${folder} is empty` },
      )
    },
  }
}
