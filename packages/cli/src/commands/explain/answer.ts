/** How every `explain` reads its input and prints its answer: exit 0 for yes or well-formed, 3 for rejected by a rule, 4 for malformed. */
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'

export interface ExplainFlags extends JsonFlag {
  /** A file with one JSON object, or `-`: for input that no command line can carry. */
  readonly input?: string
}

/** The object from --input, or null without --input. */
export async function readVectorInput(context: CliContext, flags: ExplainFlags): Promise<object | null> {
  if (flags.input === undefined) return null
  const bytes = await readInput(context, flags.input, 4 * largestConfig)
  const value = parseJson(new TextDecoder().decode(bytes))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError('--input takes one JSON object', 'fairlead explain')
}

/** One field of the input, checked by type; the error names the field. */
export function textOf(input: object, name: string): string {
  const value = optionalTextOf(input, name)
  if (value === undefined) throw new UsageError(`the input needs ${name}, as text`, 'fairlead explain')
  return value
}

export function optionalTextOf(input: object, name: string): string | undefined {
  const value: unknown = Object.entries(input).find(([key]) => key === name)?.[1]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new UsageError(`${name} in the input must be text`, 'fairlead explain')
  return value
}

export type Verdict = 'yes' | 'refused' | 'malformed'

const exitCodes: Record<Verdict, number> = { yes: 0, refused: 3, malformed: 4 }

/** Prints the answer as JSON or as text, and sets the exit code. */
export function giveAnswer(
  context: CliContext,
  flags: ExplainFlags,
  answer: { readonly verdict: Verdict; readonly json: object; readonly text: string },
): void {
  if (flags.json) printJson(context, answer.json)
  else (answer.verdict === 'malformed' ? context.stderr : context.stdout).write(answer.text)
  context.process.exitCode = exitCodes[answer.verdict]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
