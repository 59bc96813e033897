/** Waiting with a limit, and with words for what did not happen in time. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Patience {
  /** What is waited for; completes the sentence "… within 10 s". */
  what: string
  timeoutMs?: number
  everyMs?: number
  /** More to say when it did not happen, such as the tail of a log. */
  evidence?: () => string
}

/** Asks again and again until the answer is not undefined; an error that the question throws ends the waiting. */
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
