/** Pull records are found by the build that they checked. */
import type { Migration } from '../migration.ts'
import { fillFromRecords } from './fill-from-records.ts'

export const pullsOfBuilds: Migration = async (db) => {
  await db.schema.alterTable('pulls').addColumn('build_id', 'text').execute()
  await db.schema.createIndex('pulls_build').on('pulls').columns(['build_id', 'key']).execute()
  await fillFromRecords(db, ['build_id'])
}
