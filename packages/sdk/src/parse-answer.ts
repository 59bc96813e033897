/** Parses the JSON of an answer. A newer control plane may send problems that this client does not know: their text is kept, under one code. */
import { problems, type ProblemCode } from '@fairlead/contract/problems'

const unknown: ProblemCode = 'PROBLEM_UNKNOWN'

/** Undefined if the text is not JSON; the schema decides what that means. */
export function parseAnswer(text: string | null): unknown {
  if (text === null || text === '') return undefined
  try {
    return JSON.parse(text, withKnownCodes)
  } catch {
    return undefined
  }
}

function withKnownCodes(this: unknown, key: string, value: unknown): unknown {
  if (key === 'code' && typeof value === 'string' && isOfProblem(this)) return codeOf(value)
  if (key === 'warnings' && Array.isArray(value)) {
    return value.map((one: unknown) => (typeof one === 'string' ? codeOf(one) : one))
  }
  return value
}

const codeOf = (code: string): string => (Object.hasOwn(problems, code) ? code : unknown)

/** A problem says who can act, and a pull record has a decision; a configuration warning has its own codes. */
function isOfProblem(holder: unknown): boolean {
  return typeof holder === 'object' && holder !== null && ('who' in holder || 'decision' in holder)
}
