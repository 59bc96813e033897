/** What an administrator did or was refused: only ids and enumerations, no text (S6, S22). */
import { z } from 'zod'
import { AuditEventId, CloudId, TokenId } from '../names/id.ts'
import { Name, Timestamp } from '../names/name.ts'
import { ProblemCode } from '../problems/problem.ts'
import { Role } from './token.ts'

/** One for each recorded route, and `node.forget`, which only the passing of time triggers. */
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
])
export type AuditAct = z.infer<typeof AuditAct>

export const AuditEvent = z.object({
  id: AuditEventId,
  at: Timestamp,
  /** As in the answer and in the log; null if there was no request. */
  request_id: z.string().nullable(),
  /** Who did it; all three are null for the control plane itself, or for the affected node. */
  token_id: TokenId.nullable(),
  token_name: Name.nullable(),
  role: Role.nullable(),
  act: AuditAct,
  /** What it affected, and what it created. */
  resource_ids: z.array(z.string()),
  /** The cloud, if the affected resource belongs to one. */
  cloud_id: CloudId.nullable(),
  /** `done`, or the problem that refused it. */
  outcome: z.union([z.literal('done'), ProblemCode]),
})
export type AuditEvent = z.infer<typeof AuditEvent>
