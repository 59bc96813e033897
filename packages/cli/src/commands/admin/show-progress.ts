/** Shows the progress of long work: as one line, redrawn on a terminal; as one line per step elsewhere; not at all with --json. */
import type { Progress } from '@fairlead/control-plane'
import type { CliContext } from '../../context.ts'
import { isLive, paintFor } from '../../terminal/paint.ts'

const words: Readonly<Record<Progress['work'], string>> = {
  copy: 'Copying the database',
  check: 'Checking pages and references',
  read: 'Reading and hashing',
  records: 'Checking pull records',
}

const barWidth = 20
const drawEveryMs = 100
const clearLine = '\r\u001B[2K'

export async function showProgress<Result>(
  { clock, stdout, env }: CliContext,
  flags: { readonly json?: boolean },
  work: (show: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  if (flags.json) return work(() => {})
  const paint = paintFor(stdout, env)
  const isRedrawn = isLive(stdout, env)
  let shown: Progress['work'] | null = null
  let drawnAt = -Infinity
  const draw = ({ work: step, done, total }: Progress): void => {
    const isNew = step !== shown
    shown = step
    if (!isRedrawn) {
      if (isNew) stdout.write(`${words[step]}\n`)
      return
    }
    if (!isNew && done < total && clock.now() - drawnAt < drawEveryMs) return
    drawnAt = clock.now()
    const share = total === 0 ? 1 : done / total
    const filled = Math.round(share * barWidth)
    const bar = `${'━'.repeat(filled)}${paint.dim('─'.repeat(barWidth - filled))}`
    stdout.write(`${clearLine}${words[step]}  ${bar} ${Math.floor(share * 100)} %`)
  }
  try {
    return await work(draw)
  } finally {
    if (isRedrawn && shown !== null) stdout.write(clearLine)
  }
}
