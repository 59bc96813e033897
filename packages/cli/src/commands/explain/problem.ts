/** `fairlead explain CODE`: what a problem code means, what to do about it, and who can; without a code, lists all, one a line. */
import { problems, whoCanAct } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { problemCodes, readProblemCode } from '../../problem-code.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails, formatTable } from '../../terminal/table.ts'

export default function problem(this: CliContext, flags: JsonFlag, typed?: string): void {
  if (typed === undefined) return list(this, flags)
  const code = readProblemCode(typed, 'fairlead explain')
  const row = problems[code]
  if (flags.json) return printJson(this, { code, ...row })
  this.stdout.write(
    formatDetails(
      [
        ['Code', code],
        ['Title', row.title],
        ['What happened', row.what],
        ['Fix', row.fix],
        ['Who can act', whoCanAct[row.who]],
        ['Exit code', String(row.exit)],
        ['HTTP status', String(row.status)],
        ['Retried', row.retry ? 'automatically' : 'no'],
      ],
      paintFor(this.stdout, this.env),
    ),
  )
}

function list(context: CliContext, flags: JsonFlag): void {
  if (flags.json) return printJson(context, { items: problemCodes.map((code) => ({ code, ...problems[code] })) })
  const table = { headers: ['CODE', 'PROBLEM'], rows: problemCodes.map((code) => [code, problems[code].title]) }
  context.stdout.write(formatTable(table, context.stdout, paintFor(context.stdout, context.env)))
}
