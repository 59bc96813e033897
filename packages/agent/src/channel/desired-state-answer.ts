/** Reads the answer of the long poll: nothing new, or a whole desired state of the contract's form and nothing else. */
import { problem } from '@fairlead/contract/problems'
import { DesiredState } from '@fairlead/contract/wire'
import { readResult } from './answer.ts'
import type { ChannelAnswer } from './connection.ts'

export type DesiredStateAnswer =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'state'; readonly state: DesiredState; readonly etag: string | null }

/** A tag goes back in a header, so it must look like one (RFC 9110, section 8.8.3). */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/

export function readDesiredState(answer: ChannelAnswer, host: string): DesiredStateAnswer {
  if (answer.status === 304) return { kind: 'unchanged' }
  const state = readResult(answer, DesiredState, host)
  const etag = answer.header('etag')
  if (etag !== null && !entityTag.test(etag)) throw problem('CONTROL_PLANE_ANSWER_INVALID', { host })
  return { kind: 'state', state, etag }
}
