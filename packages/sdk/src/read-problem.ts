/** The problem in the body of a refusal; in a file of its own, so that its schema is loaded when there is one. */
import { ProblemDocument, ServedProblem } from '@fairlead/contract/problems'

/** Null if the body holds none that this client knows. */
export function readProblem(body: unknown): ServedProblem | null {
  const parsed = ProblemDocument.safeParse(body)
  return parsed.success ? new ServedProblem(parsed.data) : null
}
