/** The answer to a request of Node's own HTTP client, or the reason why there is none. */
import type { ClientRequest, IncomingMessage } from 'node:http'

/** Called right after the request was made. Throws what the request failed with; the signal of the request ends the wait. */
export async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.on('response', resolve)
  // A socket may emit errors more than once, and after the answer.
  request.on('error', reject)
  // Also after an answer in another protocol, which emits nothing else, not even once the signal aborts.
  request.on('close', () => reject(new Error('closed without an answer')))
  return promise
}
