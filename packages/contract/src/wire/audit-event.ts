/** What was done, or refused, of what an administrator does: ids and enumerations alone, no text (S6, S22). */
import { z } from 'zod'
import { AuditEventId, CloudId, TokenId } from '../names/id.ts'
import { Name, Timestamp } from '../names/name.ts'
import { ProblemCode } from '../problems/problem.ts'
import { Role } from './token.ts'

/** One for each route whose use is written down, and `node.forget`, which only time brings about. */
export const AuditAct = z.enum([
  'token.create',
  'token.revoke',
  'cloud.create',
  'cloud.reset_role',
  'grant.add',
  'grant.remove',
  'join_token.create',
  'node.revoke',
  'node.leave',
  'node.forget',
  'environment.archive',
  'cluster.terminate',
])
export type AuditAct = z.infer<typeof AuditAct>

export const AuditEvent = z.object({
  id: AuditEventId,
  at: Timestamp,
  /** As in the answer and in the log; null where it was no request. */
  request_id: z.string().nullable(),
  /** Who did it; all three are null where it was the control plane itself, or the node that it was done to. */
  token_id: TokenId.nullable(),
  token_name: Name.nullable(),
  role: Role.nullable(),
  act: AuditAct,
  /** What it was done to, and what it made. */
  resource_ids: z.array(z.string()),
  /** Where it was done to something of a cloud. */
  cloud_id: CloudId.nullable(),
  /** `done`, or the problem with which it was refused. */
  outcome: z.union([z.literal('done'), ProblemCode]),
})
export type AuditEvent = z.infer<typeof AuditEvent>
