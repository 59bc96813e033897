/** What is recorded of an act: who did what, to which ids, with which outcome. Of the request and the answer, only ids. Pure. */
import { CloudId, newId } from '@fairlead/contract/names'
import { type ProblemCode } from '@fairlead/contract/problems'
import { type AuditAct, type AuditEvent } from '@fairlead/contract/wire'
import { z } from 'zod'
import { iso } from '../clock.ts'
import type { ApiCaller } from '../identity/api-caller.ts'

export interface Act {
  readonly act: AuditAct
  readonly caller: ApiCaller
  readonly requestId: string
  readonly params: Readonly<Record<string, string>>
  readonly now: number
}

const AnyId = z.string().regex(/^[a-z]{2,5}_[0-9a-z]{26}$/)
/** The part of an act's answer that is read here. */
const Answered = z.object({ result: z.object({ id: AnyId, cloud_id: CloudId.nullish() }) })

/** What is not `known` is null: some acts have no request, no token or no cloud. */
export const eventOf = (act: AuditAct, now: number, known: Partial<AuditEvent>): AuditEvent => ({
  id: newId('aud', now),
  at: iso(now),
  request_id: null,
  token_id: null,
  token_name: null,
  role: null,
  identity: null,
  act,
  resource_ids: [],
  cloud_id: null,
  outcome: 'done',
  ...known,
})

/** `answered`: the result of the work, if it was done. */
export function auditEvent(done: Act, outcome: 'done' | ProblemCode, answered?: unknown): AuditEvent {
  const { act, caller, requestId, params, now } = done
  const made = Answered.safeParse(answered).data?.result
  const cloudId = CloudId.safeParse(params['cloud_id'] ?? made?.cloud_id ?? made?.id)
  const named = Object.values(params).filter((value) => AnyId.safeParse(value).success)
  return eventOf(act, now, {
    request_id: requestId,
    token_id: caller.id,
    token_name: caller.name,
    role: caller.role,
    identity: caller.identity,
    resource_ids: [...new Set([...named, ...(made === undefined ? [] : [made.id])])],
    cloud_id: cloudId.success ? cloudId.data : null,
    outcome,
  })
}
