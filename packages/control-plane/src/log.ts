/** The log: JSON lines on standard error. Bodies, headers and query strings are never logged. */
import { write, writeSync } from 'node:fs'
import { pino, type DestinationStream, type Logger } from 'pino'

export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    standardError,
  )
}

/** What waits for a reader that is slower than we are, in characters; what comes after it is lost. */
const mostWaiting = 4 * 1024 * 1024
const retryMs = 50

/**
 * Lines go out in order and nobody waits for them. Those that cannot be written, as on a full disk, are lost: pino's own destination would try
 * them for ever when the process ends.
 */
class LogFile implements DestinationStream {
  readonly #descriptor: number
  #waiting = ''
  #isWriting = false

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  write(line: string): void {
    if (this.#waiting.length < mostWaiting) this.#waiting += line
    if (!this.#isWriting) this.#next()
  }

  /** For the end of the process: what can be written at once is. */
  flush(): void {
    try {
      writeSync(this.#descriptor, this.#waiting)
    } catch {
      // Nobody is left to tell.
    }
    this.#waiting = ''
  }

  #next(): void {
    this.#isWriting = this.#waiting !== ''
    if (!this.#isWriting) return
    const lines = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#put(lines)
  }

  #put(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#put(bytes), retryMs)
      else if (error === null && written < bytes.length) this.#put(bytes.subarray(written))
      else this.#next()
    })
  }
}

const standardError = new LogFile(2)
process.on('exit', () => standardError.flush())
