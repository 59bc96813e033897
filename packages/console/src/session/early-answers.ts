/** Answers that the first page will ask for, requested before the rest of the console is loaded. Each is given once. */
import { learnClock } from './server-clock.ts'

/** What a client of the API asks. */
interface Question {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** As long as a client waits for an answer. */
const patienceMs = 30_000

const asked = new Map<string, Promise<Response>>()

export function askEarly(path: string, token: string | null): void {
  const url = `${location.origin}/api/v1${path}`
  const headers = { accept: 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) }
  const answer = ask(url, { method: 'GET', headers, signal: AbortSignal.timeout(patienceMs) })
  // Whoever takes it learns why it failed.
  answer.catch(() => undefined)
  asked.set(keyOf(url, headers), answer)
}

/** The early answer to this question, if there is one; otherwise asks. */
export function askOrTake(url: string, question: Question): Promise<Response> {
  const key = keyOf(url, question.headers)
  const early = question.method === 'GET' ? asked.get(key) : undefined
  if (early === undefined) return ask(url, question)
  asked.delete(key)
  return Promise.race([early, whenAborted(question.signal)])
}

/** The answer for one token is not that for another. */
const keyOf = (url: string, { authorization = '' }: Question['headers']): string => `${url} ${authorization}`

async function ask(url: string, question: Question): Promise<Response> {
  const sentAt = Date.now()
  const answer = await fetch(url, { ...question, redirect: 'manual' })
  learnClock(answer.headers.get('date'), sentAt, Date.now())
  return answer
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
