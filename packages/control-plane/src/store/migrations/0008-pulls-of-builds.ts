/** Pull records are found by the build that they checked. */
import type { Migration } from '../migration.ts'

const atOnce = 500

export const pullsOfBuilds: Migration = async (db) => {
  await db.schema.alterTable('pulls').addColumn('build_id', 'text').execute()
  await db.schema.createIndex('pulls_build').on('pulls').columns(['build_id', 'key']).execute()
  // Existing records contain it in their JSON, which is parsed here, since the databases have no common syntax for that.
  for (let last = ''; ;) {
    const rows = await db
      .selectFrom('pulls')
      .select(['key', 'record'])
      .where('key', '>', last)
      .orderBy('key')
      .limit(atOnce)
      .execute()
    for (const { key, record } of rows) {
      const { build_id } = JSON.parse(record) as { build_id?: string | null }
      if (typeof build_id === 'string') {
        await db
          .updateTable('pulls')
          .set({ build_id: build_id as never })
          .where('key', '=', key)
          .execute()
      }
      last = key
    }
    if (rows.length < atOnce) return
  }
}
