/**
 * One folder for everything that this process starts. It vanishes with the process, however that ends: a shell waits for the
 * end of a pipe that only this process holds, then removes it. What even that shell missed is swept at the next start.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeCgroupsFunction, removeTreeFunction } from './machines/cgroups.ts'

const prefix = 'fairlead-testkit-'
/** In each folder: the process id of the shell that removes it. */
const janitorFile = 'janitor'

const janitor = `${removeCgroupsFunction}${removeTreeFunction}
cat >/dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 0.3
  left=0
  for machine in "$1"/*; do
    remove_cgroups "$machine" || left=1
  done
  remove_tree /sys/fs/cgroup/"\${1##*/}"-* /sys/fs/cgroup/unified/"\${1##*/}"-* || left=1
  [ "$left" = 0 ] || [ "$attempt" = 20 ] || continue
  rm -rf "$1" 2>/dev/null && exit 0
done`

let folder: string | undefined

/** The folder of this process; created on the first call. */
export function runFolder(): string {
  if (folder !== undefined && existsSync(folder)) return folder
  sweep()
  folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const shell = spawn('sh', ['-c', janitor, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  ;(shell.stdin as unknown as { unref(): void }).unref()
  if (shell.pid !== undefined) writeFileSync(join(folder, janitorFile), String(shell.pid))
  return folder
}

const counts = new Map<string, number>()

/** A new folder inside it, named after its content: `registry`, `registry-2`, … */
export function newFolder(purpose: string): string {
  const count = (counts.get(purpose) ?? 0) + 1
  counts.set(purpose, count)
  const path = join(runFolder(), count === 1 ? purpose : `${purpose}-${count}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Removes the folders of dead processes, with their janitors, which find cgroups by what is in the folder. Nothing can be mounted there: mounts
 * end with their machine. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || existsSync(`/proc/${pid}`) || hasJanitor(join(tmpdir(), name))) continue
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function hasJanitor(folder: string): boolean {
  try {
    return existsSync(`/proc/${readFileSync(join(folder, janitorFile), 'utf8')}`)
  } catch {
    return false
  }
}
