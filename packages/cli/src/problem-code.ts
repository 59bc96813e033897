/** A problem code as a person types it. */
import { nearWord } from '@fairlead/contract/names'
import { printable, problems, type ProblemCode } from '@fairlead/contract/problems'
import { UsageError } from './usage-error.ts'

export const problemCodes = (Object.keys(problems) as ProblemCode[]).toSorted() as [ProblemCode, ...ProblemCode[]]

/** In any case, and with hyphens; `command` has the help. */
export function readProblemCode(typed: string, command: string): ProblemCode {
  const code = typed.toUpperCase().replaceAll('-', '_')
  if (isCode(code)) return code
  const near = nearWord(code, problemCodes.map((known) => known.toLowerCase()) as [string, ...string[]])
  const hint = near === null ? '' : `; did you mean ${near.toUpperCase()}?`
  throw new UsageError(`there is no problem code ${printable(typed)}${hint}`, command)
}

const isCode = (text: string): text is ProblemCode => Object.hasOwn(problems, text)
