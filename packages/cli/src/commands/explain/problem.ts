/** `fairlead explain CODE`: what a problem code means, what to do about it, and who can; without a code, lists all, one a line. */
import { nearWord } from '@fairlead/contract/names'
import { printable, problems, whoCanAct, type ProblemCode } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails, formatTable } from '../../terminal/table.ts'
import { UsageError } from '../../usage-error.ts'

const codes = (Object.keys(problems) as ProblemCode[]).toSorted() as [ProblemCode, ...ProblemCode[]]

export default function problem(this: CliContext, flags: JsonFlag, typed?: string): void {
  if (typed === undefined) return list(this, flags)
  const code = typed.toUpperCase().replaceAll('-', '_')
  if (!isCode(code)) {
    const near = nearWord(code, codes.map((known) => known.toLowerCase()) as [string, ...string[]])
    const hint = near === null ? '' : `; did you mean ${near.toUpperCase()}?`
    throw new UsageError(`there is no problem code ${printable(typed)}${hint}`, 'fairlead explain')
  }
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
  if (flags.json) return printJson(context, { items: codes.map((code) => ({ code, ...problems[code] })) })
  const table = { headers: ['CODE', 'PROBLEM'], rows: codes.map((code) => [code, problems[code].title]) }
  context.stdout.write(formatTable(table, context.stdout, paintFor(context.stdout, context.env)))
}

const isCode = (text: string): text is ProblemCode => Object.hasOwn(problems, text)
