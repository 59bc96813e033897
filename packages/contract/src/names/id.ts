/** Prefixed, sortable ids: `cld_` and 26 characters, the first ten of which are the time in milliseconds. */
import { z } from 'zod'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const idSchema = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{26}$`), `expected an id that starts with ${prefix}_`)

export const CloudId = idSchema('cld').brand<'CloudId'>()
export const GrantId = idSchema('grn').brand<'GrantId'>()
export const ClusterEnvironmentId = idSchema('cenv').brand<'ClusterEnvironmentId'>()
export const BuildId = idSchema('bld').brand<'BuildId'>()
export const ClusterId = idSchema('ses').brand<'ClusterId'>()
export const NodeId = idSchema('node').brand<'NodeId'>()
export const SessionId = idSchema('nse').brand<'SessionId'>()
export const PullId = idSchema('pull').brand<'PullId'>()
export const ReportId = idSchema('rep').brand<'ReportId'>()
export const TokenId = idSchema('tok').brand<'TokenId'>()
export const JoinTokenId = idSchema('jtk').brand<'JoinTokenId'>()
export const AuditEventId = idSchema('aud').brand<'AuditEventId'>()

export type CloudId = z.infer<typeof CloudId>
export type GrantId = z.infer<typeof GrantId>
export type ClusterEnvironmentId = z.infer<typeof ClusterEnvironmentId>
export type BuildId = z.infer<typeof BuildId>
export type ClusterId = z.infer<typeof ClusterId>
export type NodeId = z.infer<typeof NodeId>
export type SessionId = z.infer<typeof SessionId>
export type PullId = z.infer<typeof PullId>
export type ReportId = z.infer<typeof ReportId>
export type TokenId = z.infer<typeof TokenId>
export type JoinTokenId = z.infer<typeof JoinTokenId>
export type AuditEventId = z.infer<typeof AuditEventId>

interface IdByPrefix {
  cld: CloudId
  grn: GrantId
  cenv: ClusterEnvironmentId
  bld: BuildId
  ses: ClusterId
  node: NodeId
  nse: SessionId
  pull: PullId
  rep: ReportId
  tok: TokenId
  jtk: JoinTokenId
  aud: AuditEventId
}

/** A new id; `now` is in milliseconds since the epoch. */
export function newId<Prefix extends keyof IdByPrefix>(prefix: Prefix, now: number = Date.now()): IdByPrefix[Prefix] {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => alphabet.charAt(byte % 32)).join('')
  return `${idsFrom(prefix, now)}${random}` as unknown as IdByPrefix[Prefix]
}

/** The prefix of ids created at that time: earlier ids sort before it, ids created then or later sort after it. */
export function idsFrom(prefix: keyof IdByPrefix, now: number): string {
  let time = ''
  for (let rest = now, digits = 0; digits < 10; digits++) {
    time = alphabet.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  return `${prefix}_${time}`
}
