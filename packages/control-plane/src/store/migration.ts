/** One schema migration. */
import type { ColumnDefinitionBuilder, Kysely, Transaction } from 'kysely'
import type { Tables } from './row.ts'

/** Database-specific parts of a migration. */
export interface MigrationDialect {
  /** An auto-incrementing primary key. */
  readonly counting: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** Waits until no other process migrates; lasts as long as the transaction. */
  readonly takeTurn: (db: Kysely<Tables>) => Promise<void>
}

export type Migration = (db: Transaction<Tables>, dialect: MigrationDialect) => Promise<void>
