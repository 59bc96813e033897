/** One schema migration. */
import type { ColumnDefinitionBuilder, Kysely, RawBuilder, Transaction } from 'kysely'
import type { Tables } from './row.ts'

/** Database-specific parts of a migration. */
export interface MigrationDialect {
  /** An auto-incrementing primary key. */
  readonly counting: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** At the end of a table that is no more than its key, so that it is not stored twice where that can be said. */
  readonly justKey: RawBuilder<unknown>
  /** Waits until no other process migrates; lasts as long as the transaction. */
  readonly takeTurn: (db: Kysely<Tables>) => Promise<void>
}

export type Migration = (db: Transaction<Tables>, dialect: MigrationDialect) => Promise<void>
