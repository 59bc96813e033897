/** `fairlead agent logs`: the last lines of containers that failed on this node. Nothing is sent anywhere. */
import { agentLogs } from '@fairlead/agent'
import { printable } from '@fairlead/contract/problems'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatTime } from '../../terminal/units.ts'

export interface LogsFlags extends JsonFlag {
  readonly stateDir: string
}

export default async function logs(this: CliContext, flags: LogsFlags): Promise<void> {
  const failed = await agentLogs({ stateDir: resolve(this.cwd, flags.stateDir) })
  if (flags.json) {
    const results = failed.map(({ container, at, lines }) => ({ container, at: at.toISOString(), lines }))
    return printJson(this, { results, metadata: { next_paging_token: null } })
  }
  const [newest, ...older] = failed
  if (!newest) return this.stdout.write('No container has failed on this node.\n')
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(`${paint.bold(printable(newest.container))}  ${paint.dim(formatTime(newest.at.toISOString()))}\n`)
  // The agent escaped and truncated each line when it stored it.
  if (newest.lines.every((line) => line === '')) this.stdout.write('It printed nothing.\n')
  else for (const line of newest.lines) this.stdout.write(`${line}\n`)
  if (older.length > 0) this.stdout.write(paint.dim(`${older.length} more from earlier starts: --json\n`))
}
