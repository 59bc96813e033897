/** Limits how long an engine may take to answer. An engine that hangs is reported as silent, not as missing, and no command waits for it. */
import { problem } from '@fairlead/contract/problems'

const answersWithinMs = 10_000

/** Throws DOOR_ENGINE_SILENT, and whatever the question throws. */
export async function askEngine<Answer>(
  path: string,
  signal: AbortSignal,
  question: (signal: AbortSignal) => Promise<Answer>,
  withinMs = answersWithinMs,
): Promise<Answer> {
  const clock = AbortSignal.timeout(withinMs)
  try {
    return await question(AbortSignal.any([signal, clock]))
  } catch (error) {
    if (!clock.aborted || signal.aborted) throw error
    throw problem('DOOR_ENGINE_SILENT', { path, reason: `no answer within ${withinMs / 1000} seconds` })
  }
}
