/** Pages of rows in one order, and name filters. */
import { newId, type CloudId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import { insertCloud } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { CloudRecord } from '../records.ts'
import type { Store } from '../store.ts'

const first = { before: null, limit: 100 }

export function describeLists(opened: () => OpenedStore): void {
  describe('lists', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('pages contain every row once, newest first', async () => {
      const made: string[] = []
      for (let i = 0; i < 7; i++) {
        made.push((await store.write((transaction) => insertCloud(transaction, { id: newId('cld', 1000 + i) }))).id)
      }
      const seen: string[] = []
      for (let before: string | null = null; ;) {
        const rows: CloudRecord[] = await store.reader.clouds.list({}, { before, limit: 3 })
        seen.push(...rows.map((row) => row.id))
        before = rows.at(-1)?.id ?? null
        if (before === null) break
      }
      expect(seen).toEqual(made.reverse())
    })

    test('ids compare by their bytes, whatever the locale of the database', async () => {
      for (const id of ['cld_a', 'cld_B', 'cld_b', 'cld_A', 'cld_0'] as CloudId[]) {
        await store.write((transaction) => insertCloud(transaction, { id }))
      }
      const ids = async (before: string | null) =>
        (await store.reader.clouds.list({}, { before, limit: 9 })).map((cloud) => cloud.id)
      expect(await ids(null)).toEqual(['cld_b', 'cld_a', 'cld_B', 'cld_A', 'cld_0'])
      expect(await ids('cld_a')).toEqual(['cld_B', 'cld_A', 'cld_0'])
    })

    test('a name filter ignores case, and its % and _ are literal', async () => {
      for (const name of ['Team_A', 'teamXa', 'other']) {
        await store.write((transaction) => insertCloud(transaction, { name }))
      }
      expect(await store.reader.clouds.byName('\0')).toBeNull()
      const names = async (nameContains: string) =>
        (await store.reader.clouds.list({ nameContains }, first)).map((cloud) => cloud.name)
      expect(await names('EAM_a')).toEqual(['Team_A'])
      expect(await names('%')).toEqual([])
      expect((await names('team')).sort()).toEqual(['Team_A', 'teamXa'])
      expect(await store.reader.clouds.list({ name: 'team_a' }, first)).toEqual([])
    })
  })
}
