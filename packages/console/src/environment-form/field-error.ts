/** What a field says about itself: the server's message, else the contract's; that it is empty only after the user tried to continue. */
import { sentence } from '../ui/sentence.ts'
import type { FieldJudgement } from './judge-form.ts'

export function errorOf(
  { problem, isMissing }: FieldJudgement,
  told: string | undefined,
  attempted: boolean,
): string | null {
  if (told !== undefined) return told
  if (problem === null || (isMissing && !attempted)) return null
  const [field] = problem.fields
  const what = sentence(field?.detail ?? String(problem.facts.reason ?? problem.what))
  return problem.code === 'REFERENCE_LOOKS_LIKE_A_SECRET' ? `${what} ${problem.fix}` : what
}
