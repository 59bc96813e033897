/** Tests from inside the workloads' cgroup whether the metadata service can be reached: the result for this process holds for workloads too. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isSea } from 'node:sea'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { probeFromCgroup } from './probe-process.ts'

const run = promisify(execFile)

/** The name that makes the one-file executable run the probe. */
export const probeProgram = 'fairlead-metadata-probe'

/** The first address that was reached or may have been; null: none. */
export async function findReached(
  cgroup: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  // A cgroup with child cgroups may not hold processes itself.
  const place = join(cgroup, `probe-${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(place)
  try {
    const { stdout } = await run(process.execPath, [...programArgs(), place, ...addresses], {
      env: {},
      timeout: 20_000,
      signal,
    })
    return judgeProbe(addresses, stdout)
  } finally {
    // The kernel releases an ended process a moment later.
    await removeSoon(place)
  }
}

function programArgs(): readonly string[] {
  if (isSea()) return [probeProgram]
  const source = `(${probeFromCgroup.toString()})(process.argv[1], process.argv.slice(2))`
  return ['--disable-sigusr1', '-e', source, '--']
}

/** Nothing answered: the rule refuses at once, and an address without a route is not tried. A timeout is neither. */
const refusals: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EACCES',
  'EPERM',
])

/** Pure. Anything but a known refusal counts as reached. */
export function judgeProbe(addresses: readonly string[], said: string): string | null {
  const words = said.split(' ')
  return addresses.find((_, index) => !refusals.has(words[index] ?? '')) ?? null
}

async function removeSoon(folder: string): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await rmdir(folder)
      return
    } catch {
      await sleep(25)
    }
  }
}
