/** A clock that is wrong, and can be moved while programs run that have its environment: libfaketime, in front of the C library. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '../run-folder.ts'

export interface WrongClock {
  /** Of a program that sees it; its timers are not affected. */
  readonly env: Record<string, string>
  /** Seconds ahead of the real one. */
  readonly set: (seconds: number) => Promise<void>
}

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`,
)

export async function makeWrongClock(seconds: number): Promise<WrongClock> {
  const library = libraries.find((path) => existsSync(path))
  if (library === undefined) throw new Error('libfaketime is missing: Debian’s package faketime has it')
  sweep()
  const file = join(newFolder('clock'), 'clock')
  const set = async (ahead: number): Promise<void> => {
    // A program may read it at any moment.
    await writeFile(`${file}.new`, `${ahead < 0 ? '' : '+'}${ahead}\n`, { mode: 0o644 })
    await rename(`${file}.new`, file)
  }
  await set(seconds)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    },
    set,
  }
}

/**
 * A program shares memory with those that it starts under its own process id, and leaves it behind when it is killed or becomes another program. Whoever
 * gets that id next does without, so what dead ones left is only removed to leave nothing.
 */
function sweep(): void {
  for (const name of readdirSync('/dev/shm')) {
    const pid = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join('/dev/shm', name), { force: true })
  }
}
