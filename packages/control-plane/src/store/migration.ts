/** One step forward of the schema. */
import type { ColumnDefinitionBuilder, Kysely, Transaction } from 'kysely'
import type { Tables } from './row.ts'

/** What differs between databases in a migration. */
export interface MigrationDialect {
  /** A primary key that counts by itself. */
  readonly counting: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** Waits until nobody else migrates; lasts as long as the transaction. */
  readonly takeTurn: (db: Kysely<Tables>) => Promise<void>
}

export type Migration = (db: Transaction<Tables>, dialect: MigrationDialect) => Promise<void>
