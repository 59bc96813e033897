/** The outcome of parsing a text that may be refused. */
import { Problem } from '@fairlead/contract/problems'

export function refusalOf(parse: () => unknown): Problem {
  try {
    parse()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was accepted')
}

/** `read`, the code of the refusal, or whatever else was thrown. */
export function outcomeOf(parse: () => unknown): string {
  try {
    parse()
    return 'read'
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}
