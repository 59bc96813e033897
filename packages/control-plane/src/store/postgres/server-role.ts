/**
 * What a PostgreSQL server says of itself, and whether it is the primary: it takes writes, and of those that do, it was promoted last.
 * Each promotion begins a timeline, and a primary that was replaced stays on the old one (ADR 34).
 */
export interface ServerRole {
  readonly takesWrites: boolean
  /** Null where the server does not tell, as some that only speak PostgreSQL's protocol. */
  readonly history: History | null
}

export interface History {
  /** Which database it is: the same on a primary and all of its standbys. */
  readonly system: string
  /** Counts its promotions. */
  readonly timeline: number
}

/** One row, for anybody who may connect. */
export const roleQuery = `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
  (select system_identifier::text from pg_control_system()) as system,
  case when pg_is_in_recovery() then null else left(pg_walfile_name(pg_current_wal_lsn()), 8) end as timeline`

/** For a server that does not know the functions above. */
export const plainRoleQuery = `select current_setting('transaction_read_only') = 'on' as read_only`

export function readRole(row: unknown): ServerRole {
  const { read_only, system, timeline } = row as Record<string, unknown>
  const isTold = typeof system === 'string' && typeof timeline === 'string' && /^[0-9A-F]{8}$/.test(timeline)
  return {
    takesWrites: read_only === false,
    history: isTold ? { system, timeline: Number.parseInt(timeline, 16) } : null,
  }
}

/** `newer`: it is the primary, and whatever was taken for it before is so no more. */
export type Standing = 'primary' | 'newer' | 'none'

/** Beside the newest that is known. Another database is none: to go on with that one takes a restart. */
export function standingOf({ takesWrites, history }: ServerRole, newest: History | null): Standing {
  if (!takesWrites) return 'none'
  if (history === null) return 'primary'
  if (newest === null) return 'newer'
  if (history.system !== newest.system || history.timeline < newest.timeline) return 'none'
  return history.timeline > newest.timeline ? 'newer' : 'primary'
}
