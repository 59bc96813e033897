/**
 * Holds a node's request until its desired state differs from the one it knows. Writes to Node's own response, which has the usual headers by
 * then, so that a waiting agent costs little more than a socket and a timer.
 */
import { type NodeId } from '@fairlead/contract/names'
import { returnSpreadHeader } from '@fairlead/contract/wire'
import type { DesiredStateText } from '../nodes/desired-state.ts'
import type { DesiredStates } from '../nodes/desired-states.ts'
import type { Waiters } from '../events/waiters.ts'
import type { Outgoing } from '../server.ts'
import { asProblem, headersOf } from './problems.ts'

export interface LongPollParts {
  readonly states: Pick<DesiredStates, 'read' | 'isNewest'>
  readonly onFault: (error: unknown) => void
  readonly waiters: Waiters<NodeId>
  readonly onAnswer: (status: number) => void
  /** How many nodes there are. */
  readonly fleet: () => number
}

export interface Poll {
  readonly nodeId: NodeId
  /** The tag of the state that the node has. */
  readonly known: string | null
  readonly waitSeconds: number
  readonly requestId: string
}

/** The node has the newest state. */
interface Unchanged {
  readonly etag: string
}

/** About what a returning node costs in processor time, with ten thousand of them: its TLS handshake and its first two polls. */
const returnMs = 2
const shortestSpreadMs = 500
const longestSpreadMs = 60_000

/** Over how long a fleet of this size should return after an outage; faster than it can be served, most would give up and begin again. */
export function returnSpreadMs(nodes: number): number {
  return Math.min(Math.max(nodes * returnMs, shortestSpreadMs), longestSpreadMs)
}

/** Spreads the ends of waits that began together. */
const jitterMs = 2000

export class LongPoll {
  readonly #parts: LongPollParts

  constructor(parts: LongPollParts) {
    this.#parts = parts
  }

  answer(response: Outgoing, poll: Poll): void {
    void this.#serve(response, poll).catch((error: unknown) => {
      this.#sendProblem(response, error, poll.requestId)
    })
  }

  async #serve(response: Outgoing, poll: Poll): Promise<void> {
    // Its close is not announced again.
    if (isGone(response)) return
    const { waiters, states } = this.#parts
    const waitMs = poll.waitSeconds === 0 ? 0 : poll.waitSeconds * 1000 + Math.random() * jitterMs
    const end = performance.now() + waitMs
    let wait = waiters.wait(poll.nodeId, waitMs)
    response.once('close', () => wait.stop())
    for (;;) {
      if (poll.known === null || !states.isNewest(poll.nodeId, poll.known)) {
        const state = await states.read(poll.nodeId)
        if (state.etag !== poll.known) {
          wait.stop()
          this.#send(response, state)
          return
        }
      }
      if (!(await wait.woken)) {
        this.#send(response, { etag: poll.known })
        return
      }
      wait = waiters.wait(poll.nodeId, end - performance.now())
    }
  }

  #send(response: Outgoing, state: DesiredStateText | Unchanged): void {
    if (isGone(response)) return
    const headers = {
      etag: state.etag,
      [returnSpreadHeader]: String(returnSpreadMs(this.#parts.fleet())),
    }
    if ('body' in state) write(response, 200, { ...headers, 'content-type': 'application/json' }, state.body)
    else write(response, 304, headers)
    this.#parts.onAnswer(response.statusCode)
  }

  #sendProblem(response: Outgoing, error: unknown, requestId: string): void {
    if (isGone(response) || response.headersSent) return
    const found = asProblem(error, this.#parts.onFault)
    const headers = {
      'content-type': 'application/problem+json',
      ...headersOf(found),
    }
    write(response, found.row.status, headers, JSON.stringify(found.toDocument(requestId)))
    this.#parts.onAnswer(found.row.status)
  }
}

const isGone = (response: Outgoing): boolean => ('stream' in response ? response.stream.destroyed : response.destroyed)

function write(response: Outgoing, status: number, headers: Record<string, string>, body?: string): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (body === undefined) {
    response.end()
    return
  }
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
