/** One line that shows the progress of long work: redrawn on a terminal, one line per step elsewhere, silent with --json. */
import type { Progress } from '@fairlead/control-plane'
import type { CliContext } from '../../context.ts'
import { isLive, paintFor } from '../../terminal/paint.ts'

export interface ProgressLine extends Disposable {
  readonly show: (progress: Progress) => void
  end(): void
}

const words: Readonly<Record<Progress['work'], string>> = {
  copy: 'Copying the database',
  check: 'Checking pages and references',
  read: 'Reading and hashing',
  records: 'Checking pull records',
}

const barWidth = 20
const drawEveryMs = 100

export function progressLine(context: CliContext, flags: { readonly json?: boolean }): ProgressLine {
  if (flags.json) return { show: () => {}, end: () => {}, [Symbol.dispose]: () => {} }
  return isLive(context.stdout, context.env) ? new LiveLine(context) : new PlainLines(context)
}

class LiveLine implements ProgressLine {
  readonly #context: CliContext
  #work: Progress['work'] | null = null
  #drawnAt = -Infinity

  constructor(context: CliContext) {
    this.#context = context
  }

  readonly show = ({ work, done, total }: Progress): void => {
    const { clock, stdout, env } = this.#context
    if (work === this.#work && done < total && clock.now() - this.#drawnAt < drawEveryMs) return
    this.#work = work
    this.#drawnAt = clock.now()
    const paint = paintFor(stdout, env)
    const share = total === 0 ? 1 : done / total
    const filled = Math.round(share * barWidth)
    const bar = `${'━'.repeat(filled)}${paint.dim('─'.repeat(barWidth - filled))}`
    stdout.write(`\r\u001B[2K${words[work]}  ${bar} ${Math.floor(share * 100)} %`)
  }

  end(): void {
    if (this.#work !== null) this.#context.stdout.write('\r\u001B[2K')
    this.#work = null
  }

  [Symbol.dispose](): void {
    this.end()
  }
}

class PlainLines implements ProgressLine {
  readonly #context: CliContext
  #work: Progress['work'] | null = null

  constructor(context: CliContext) {
    this.#context = context
  }

  readonly show = ({ work }: Progress): void => {
    if (work !== this.#work) this.#context.stdout.write(`${words[work]}\n`)
    this.#work = work
  }

  end(): void {}

  [Symbol.dispose](): void {}
}
