/** The cgroup of all workloads: where it is, how to create it so that Docker puts its containers inside, and whether a process is in it. */
import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineCgroups } from '@fairlead/credential-path/engine/engine'

const run = promisify(execFile)

type CgroupDriver = EngineCgroups['driver']

/** Its name from the root of the hierarchy, which is how iptables refers to it. */
export const cgroupName: Readonly<Record<CgroupDriver, string>> = { cgroupfs: 'fairlead', systemd: 'fairlead.slice' }

/** In Docker's form. A path that does not start at the root would be relative to the engine's own service. */
export const cgroupParent: Readonly<Record<CgroupDriver, string>> = { cgroupfs: '/fairlead', systemd: 'fairlead.slice' }

/** The only place where a version 1 runtime looks for the second hierarchy. */
const besideVersion1 = '/sys/fs/cgroup/unified'

/**
 * Where version 2 of cgroups is mounted as a whole; null if it is not, or not where the engine's runtime puts containers. Reads the text of
 * `/proc/self/mountinfo`.
 */
export function cgroupMount(mountinfo: string, version: EngineCgroups['version']): string | null {
  for (const line of mountinfo.split('\n')) {
    // Number, parent, device, root, mount point, options, tags, a hyphen, type.
    const [, place] = /^\d+ \d+ \S+ \/ (\/\S*) .* - cgroup2 /.exec(line) ?? []
    if (place !== undefined && (version === 2 || place === besideVersion1)) return place
  }
  return null
}

/** Its folder, created if missing. Null if no container of this engine could be in such a cgroup. */
export async function makeCgroup(cgroups: EngineCgroups): Promise<string | null> {
  const folder = await cgroupFolder(cgroups)
  if (folder === null) return null
  // systemd does not know folders that it did not create, and might delete them.
  if (cgroups.driver === 'systemd') await run('systemctl', ['start', cgroupName.systemd], { timeout: 20_000 })
  await mkdir(folder, { recursive: true })
  return folder
}

export async function cgroupFolder({ driver, version }: EngineCgroups): Promise<string | null> {
  const mount = cgroupMount(await readFile('/proc/self/mountinfo', 'utf8'), version)
  return mount === null ? null : join(mount, cgroupName[driver])
}

/** Whether a process is in it, from the text of its `/proc/PID/cgroup`: the runtime may not have done what the engine was asked for. */
export function isInCgroup(membership: string, driver: CgroupDriver): boolean {
  const own = membership.split('\n').filter((line) => line.startsWith('0::'))
  return own.length === 1 && own.every((line) => `${line.slice('0::'.length)}/`.startsWith(`/${cgroupName[driver]}/`))
}
