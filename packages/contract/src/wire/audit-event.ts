/** What an administrator did or was refused, and who signed in: only ids, enumerations and who did it (S6, S22). */
import { z } from 'zod'
import { AuditEventId, CloudId, TokenId } from '../names/id.ts'
import { HolderName, Timestamp } from '../names/name.ts'
import { ProblemCode } from '../problems/problem-document.ts'
import { Identity, Role } from './token.ts'

/** One for each recorded route; `node.forget`, which only the passing of time triggers; and the beginning and end of sessions. */
export const AuditAct = z.enum([
  'token.create',
  'token.revoke',
  'cloud.create',
  'cloud.update',
  'cloud.delete',
  'cloud.reset_role',
  'grant.add',
  'grant.remove',
  'join_token.create',
  'node.revoke',
  'node.leave',
  'node.forget',
  'environment.archive',
  'cluster.terminate',
  'cluster.delete',
  'session.start',
  'session.end',
])
export type AuditAct = z.infer<typeof AuditAct>

export const AuditEvent = z.object({
  id: AuditEventId,
  at: Timestamp,
  /** As in the answer and in the log; null if there was no request. */
  request_id: z.string().nullable(),
  /** Who did it; all are null for the control plane itself, or for the affected node. */
  token_id: TokenId.nullable(),
  token_name: HolderName.nullable(),
  role: Role.nullable(),
  /** Who did it, if they signed in; of a refused sign-in, who was refused. */
  identity: Identity.nullable().default(null),
  act: AuditAct,
  /** What it affected, and what it created. */
  resource_ids: z.array(z.string()),
  /** The cloud, if the affected resource belongs to one. */
  cloud_id: CloudId.nullable(),
  /** `done`, or the problem that refused it. */
  outcome: z.union([z.literal('done'), ProblemCode]),
})
export type AuditEvent = z.infer<typeof AuditEvent>
