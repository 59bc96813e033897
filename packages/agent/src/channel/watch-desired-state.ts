/** Keeps one request waiting at the control plane and passes on each new desired state; survives any outage of the other side. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { DesiredState, returnSpreadHeader } from '@fairlead/contract/wire'
import { describeFault } from '@fairlead/credential-path/process/fault'
import { readResult } from './answer.ts'
import { boundedRetryAfterMs, fullJitter, type BackoffShape } from './backoff.ts'
import type { ChannelAnswer } from './connection.ts'
import { judgeDesiredState, type OwnPlace } from './judge-desired-state.ts'
import type { NodeChannel } from './node-channel.ts'
import { isNodeEnded } from './node-ended.ts'
import { pause } from './pause.ts'

export interface DesiredStateWatch {
  readonly channel: Pick<NodeChannel, 'desiredState'>
  readonly host: string
  /** Asked for each state: the node may learn only later what it is. */
  readonly own: () => OwnPlace
  readonly onState: (state: DesiredState) => void
  /** A state that was not for this node, and is not acted on. */
  readonly onRefused: (state: DesiredState, refusal: Problem) => void
  /** Between two polls, when a heartbeat needs no second connection. */
  readonly onIdle: (signal: AbortSignal) => Promise<void>
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
  readonly random?: () => number
  readonly backoff?: BackoffShape
}

/**
 * Half the silence after which a node is lost, and below the minute after which proxies cut a connection; jittered, so that a fleet does not ask all at
 * once.
 */
const waitSeconds = (random: () => number) => 40 + Math.floor(random() * 9)

/** A small fleet is back within ten seconds after an outage ends (R3); for a large one the control plane asks for more time. */
const defaultBackoff: BackoffShape = { baseMs: 500, capMs: 10_000 }

/** Returns when the signal is aborted; throws only NODE_REVOKED or NODE_FORGOTTEN, which are final. */
export async function watchDesiredState(watch: DesiredStateWatch, signal: AbortSignal): Promise<void> {
  const random = watch.random ?? Math.random
  let etag: string | null = null
  let failures = 0
  const ownBackoff = watch.backoff ?? defaultBackoff
  let backoff = ownBackoff
  while (!signal.aborted) {
    try {
      // After an outage it asks for an answer at once: a wait would not tell that the other side is back.
      const raw = await watch.channel.desiredState(etag, failures === 0 ? waitSeconds(random) : 0, signal)
      const busy = raw.status === 429 || raw.status === 503 ? retryAfter(raw) : null
      if (busy !== null) {
        await pause(busy + fullJitter(1, { baseMs: 1000, capMs: 1000 }, random), signal)
        continue
      }
      const answer = readDesiredState(raw, watch.host)
      backoff = spreadOver(raw.header(returnSpreadHeader), ownBackoff)
      if (failures > 0) watch.log.info({ failures }, 'the control plane answers again')
      failures = 0
      if (answer.kind === 'state') {
        etag = answer.etag
        handOn(watch, answer.state)
      }
      await watch.onIdle(signal)
      // Without a tag the control plane has nothing to wait for.
      if (answer.kind === 'state' && etag === null) await pause(1000, signal)
    } catch (error) {
      if (signal.aborted) return
      if (isNodeEnded(error)) throw error
      failures += 1
      const waitMs = fullJitter(failures, backoff, random)
      watch.log.warn({ ...describe(error), failures, wait_ms: waitMs }, 'no desired state from the control plane')
      await pause(waitMs, signal)
    }
  }
}

function handOn(watch: DesiredStateWatch, state: DesiredState): void {
  const refusal = judgeDesiredState(state, watch.own())
  if (refusal === null) watch.onState(state)
  else watch.onRefused(state, refusal)
}

/** At least the spread that the control plane asks for, up to a minute; a header that is none asks for nothing. */
export function spreadOver(header: string | null, { baseMs, capMs }: BackoffShape): BackoffShape {
  const askedMs = header !== null && /^\d{1,5}$/.test(header) ? Math.min(Number(header), longestSpreadMs) : 0
  return { baseMs: Math.max(baseMs, askedMs), capMs: Math.max(capMs, askedMs) }
}

const longestSpreadMs = 60_000

function retryAfter(answer: ChannelAnswer): number | null {
  return boundedRetryAfterMs(answer.header('retry-after'), Date.now())
}

function describe(error: unknown): object {
  return isProblem(error) ? { code: error.code, what: error.what } : { code: 'INTERNAL', ...describeFault(error) }
}

type DesiredStateAnswer =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'state'; readonly state: DesiredState; readonly etag: string | null }

/** The tag is sent back in a header, so it must look like one (RFC 9110, section 8.8.3). */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/

/** Nothing new, or a whole desired state in the contract’s form and nothing else. */
export function readDesiredState(answer: ChannelAnswer, host: string): DesiredStateAnswer {
  if (answer.status === 304) return { kind: 'unchanged' }
  const state = readResult(answer, DesiredState, host)
  const etag = answer.header('etag')
  if (etag !== null && !entityTag.test(etag)) throw problem('CONTROL_PLANE_ANSWER_INVALID', { host })
  return { kind: 'state', state, etag }
}
