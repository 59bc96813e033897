/**
 * What a PostgreSQL server reports about itself, and whether it is the primary: it accepts writes, and of those that do, it was promoted last. Each
 * promotion begins a timeline, and a replaced primary stays on the old one (ADR 34).
 */
export interface ServerRole {
  readonly takesWrites: boolean
  /** Null if the server does not reveal it, as with some that only speak PostgreSQL's protocol. */
  readonly history: History | null
}

export interface History {
  /** Identifies the database: the same on a primary and all its standbys. */
  readonly system: string
  /** Counts its promotions. */
  readonly timeline: number
}

/** One row, readable by any user that may connect. */
export const roleQuery = `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
  (select system_identifier::text from pg_control_system()) as system,
  case when pg_is_in_recovery() then null else left(pg_walfile_name(pg_current_wal_lsn()), 8) end as timeline`

/** For a server without the functions above. */
export const plainRoleQuery = `select current_setting('transaction_read_only') = 'on' as read_only`

export function readRole(row: unknown): ServerRole {
  const { read_only, system, timeline } = row as Record<string, unknown>
  const isTold = typeof system === 'string' && typeof timeline === 'string' && /^[0-9A-F]{8}$/.test(timeline)
  return {
    takesWrites: read_only === false,
    history: isTold ? { system, timeline: Number.parseInt(timeline, 16) } : null,
  }
}

/** `newer`: it is the primary, and replaces the previous one. */
export type Standing = 'primary' | 'newer' | 'none'

/** Compared with the newest known. A server of another database is not one: switching to it takes a restart. */
export function standingOf({ takesWrites, history }: ServerRole, newest: History | null): Standing {
  if (!takesWrites) return 'none'
  if (history === null) return 'primary'
  if (newest === null) return 'newer'
  if (history.system !== newest.system || history.timeline < newest.timeline) return 'none'
  return history.timeline > newest.timeline ? 'newer' : 'primary'
}
