/** A file system in memory for one test, which the test can fill up. Needs root. */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from './temp-dir.ts'

export interface SmallDisk extends Disposable {
  readonly path: string
  /** Leaves not one block. */
  fill(): void
  makeRoom(): void
}

export function smallDisk(bytes: number): SmallDisk {
  const dir = tempDir()
  const filler = join(dir.path, 'filler')
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', dir.path])
  return {
    path: dir.path,
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(bytes + 1))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
        throw error
      }
      throw new Error('the disk had room for more than its size')
    },
    makeRoom: () => rmSync(filler, { force: true }),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', dir.path])
      dir[Symbol.dispose]()
    },
  }
}
