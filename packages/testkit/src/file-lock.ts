/** One process at a time: the kernel's own lock, held by a child that ends with this process however that ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Waits for the lock on `file` (created if missing), does the work, and releases it. */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // `cat` holds the lock until its standard input closes, which the kernel does even after a `kill -9`.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(holder, 'close')
  ended.catch(() => {}) // reported below, where it matters
  try {
    await Promise.race([
      once(holder.stdout, 'data'),
      ended.then(() => {
        throw new Error(`could not lock ${file}`)
      }),
    ])
    return await work()
  } finally {
    holder.stdin.end()
  }
}
