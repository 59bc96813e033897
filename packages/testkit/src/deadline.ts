/** Waiting with a limit, and an explanation of what did not happen in time. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Patience {
  /** What to wait for; completes the sentence "… within 10 s". */
  what: string
  timeoutMs?: number
  everyMs?: number
  /** More to say on failure, such as the tail of a log. */
  evidence?: () => string
}

/** Calls repeatedly until the answer is not undefined; an error thrown by the call ends the waiting. */
export async function eventually<Answer>(
  question: () => Promise<Answer | undefined> | Answer | undefined,
  { what, timeoutMs = 20_000, everyMs = 25, evidence }: Patience,
): Promise<Answer> {
  const end = performance.now() + timeoutMs
  while (true) {
    const answer = await question()
    if (answer !== undefined) return answer
    if (performance.now() >= end) {
      throw new Error([`Not within ${timeoutMs / 1000} s: ${what}`, evidence?.()].filter(Boolean).join('\n'))
    }
    await sleep(everyMs)
  }
}
