/** The cgroup of all workloads: where it is, and how it is made so that Docker's containers come to lie in it. */
import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** As `docker info` says it: who makes the cgroups of containers. */
export type CgroupDriver = 'cgroupfs' | 'systemd'

/** Its name from the root of the hierarchy, by which iptables knows it. */
export const cgroupName: Readonly<Record<CgroupDriver, string>> = { cgroupfs: 'fairlead', systemd: 'fairlead.slice' }

/** As Docker wants it. A path that did not begin at the root would be taken from that of the engine's own service. */
export const cgroupParent: Readonly<Record<CgroupDriver, string>> = { cgroupfs: '/fairlead', systemd: 'fairlead.slice' }

/** Where the second version of cgroups is mounted, whole; null where it is not. In the text of `/proc/self/mountinfo`. */
export function cgroupMount(mountinfo: string): string | null {
  for (const line of mountinfo.split('\n')) {
    // Number, parent, device, root, mount point, options, tags, a hyphen, type.
    const [, place] = /^\d+ \d+ \S+ \/ (\/\S*) .* - cgroup2 /.exec(line) ?? []
    if (place !== undefined) return place
  }
  return null
}

/** Its folder; made where it is not there. Null where this machine has no such hierarchy. */
export async function makeCgroup(driver: CgroupDriver): Promise<string | null> {
  const folder = await cgroupFolder(driver)
  if (folder === null) return null
  // A folder that systemd did not make, it would not know and might clear away.
  if (driver === 'systemd') await run('systemctl', ['start', cgroupName.systemd], { timeout: 20_000 })
  await mkdir(folder, { recursive: true })
  return folder
}

export async function cgroupFolder(driver: CgroupDriver): Promise<string | null> {
  const mount = cgroupMount(await readFile('/proc/self/mountinfo', 'utf8'))
  return mount === null ? null : join(mount, cgroupName[driver])
}
