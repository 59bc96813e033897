/** Pull records are found by their purpose. */
import type { Migration } from '../migration.ts'
import { fillFromRecords } from './fill-from-records.ts'

export const purposesOfPulls: Migration = async (db) => {
  await db.schema.alterTable('pulls').addColumn('purpose', 'text').execute()
  await db.schema.createIndex('pulls_purpose').on('pulls').columns(['purpose', 'key']).execute()
  await fillFromRecords(db, ['purpose'])
}
