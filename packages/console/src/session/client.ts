/** The client of the API, for the origin that served this page. */
import { isProblem } from '@fairlead/contract/problems'
import { FairleadClient, type Fetch } from '@fairlead/sdk'
import { learnClock } from './server-clock.ts'

export function clientWith(token: string): FairleadClient {
  return new FairleadClient({ host: location.origin, token, fetch: fetchAndLearnClock })
}

const fetchAndLearnClock: Fetch = async (url, request) => {
  const sentAt = Date.now()
  const answer = await fetch(url, request)
  learnClock(answer.headers.get('date'), sentAt, Date.now())
  return answer
}

export function isSignedOutBy(error: unknown): boolean {
  return isProblem(error, 'TOKEN_INVALID') || isProblem(error, 'TOKEN_MISSING')
}
