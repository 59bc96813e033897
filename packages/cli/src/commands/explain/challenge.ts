/** `fairlead explain challenge`: how a WWW-Authenticate header is read. */
import { explainChallenge } from '@fairlead/credential-path/explain'
import { printable } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { UsageError } from '../../usage-error.ts'
import { giveAnswer, readVectorInput, type ExplainFlags } from './answer.ts'

export default async function challenge(this: CliContext, flags: ExplainFlags, ...headers: string[]): Promise<void> {
  const answer = explainChallenge(await readHeaders(this, flags, headers))
  if (answer.ok === undefined) {
    const text = 'Malformed: a node ignores all of it, and sends nothing.\n'
    return giveAnswer(this, flags, { verdict: 'malformed', json: answer, text })
  }
  const paint = paintFor(this.stdout, this.env)
  const parts = answer.ok.map(({ scheme, params, token68 }) => {
    const rows = [...Object.entries(params), ...(token68 === undefined ? [] : ([['token68', token68]] as const))]
    return `${paint.bold(printable(scheme))}\n${formatDetails(rows, paint)}`
  })
  giveAnswer(this, flags, { verdict: 'yes', json: answer, text: parts.join('') || 'It contains no challenge.\n' })
}

async function readHeaders(
  context: CliContext,
  flags: ExplainFlags,
  typed: readonly string[],
): Promise<readonly string[]> {
  const input = await readVectorInput(context, flags)
  if (input === null) {
    if (typed.length > 0) return typed
    throw new UsageError('HEADER is missing', 'fairlead explain challenge')
  }
  const headers: unknown = 'headers' in input ? input.headers : null
  if (Array.isArray(headers) && headers.every((header) => typeof header === 'string')) return headers
  throw new UsageError('the input needs headers, a list of text', 'fairlead explain challenge')
}
