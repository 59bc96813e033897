/** Whether this machine powers off for good according to systemd: it has a job for that, and none to start again. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export async function isPoweringOff(): Promise<boolean> {
  const listed = await run('systemctl', ['list-jobs', '--no-legend', '--no-pager', '--full', '--plain']).catch(
    () => null,
  )
  return listed !== null && powersOff(listed.stdout)
}

const startsAgain = new Set(['reboot.target', 'kexec.target', 'soft-reboot.target'])

/** From the output of `systemctl list-jobs`. A halt leaves the machine on, and counts as neither. Pure. */
export function powersOff(jobs: string): boolean {
  const starting = new Set(jobs.split('\n').flatMap((line) => /^\s*\d+\s+(\S+)\s+start\s/.exec(`${line} `)?.[1] ?? []))
  return starting.has('poweroff.target') && starting.isDisjointFrom(startsAgain)
}
