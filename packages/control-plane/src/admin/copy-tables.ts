/** Copies all tables into an empty database, and proves by count and hash that the copy matches what was read. */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { problem } from '@fairlead/contract/problems'
import { canonicalJson } from '@fairlead/contract/wire'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../store/row.ts'
import type { OnProgress } from './progress.ts'
import { copiedTables, type CopiedTable } from './table-keys.ts'
import { countOf, pagesOf, type AnyRow } from './table-rows.ts'

export interface CopiedRows {
  readonly rows: number
  /** SHA-256 of the rows in order, as RFC 8785 JSON, one line each. */
  readonly sha256: string
}

/** `place` names the target in a problem. If this throws, nothing is kept: it runs in one transaction of the target. */
export async function copyTables(
  from: Kysely<Tables>,
  to: Transaction<Tables>,
  place: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Record<string, CopiedRows>> {
  for (const table of copiedTables) {
    if ((await countOf(to, table)) > 0) throw problem('DATABASE_NOT_EMPTY', { path: place })
  }
  const counts = await Promise.all(copiedTables.map((table) => countOf(from, table)))
  const total = counts.reduce((sum, count) => sum + count, 0)
  const done = { copy: 0, read: 0 }
  const tell = (work: 'copy' | 'read', page: readonly AnyRow[]) => {
    signal.throwIfAborted()
    done[work] += page.length
    onProgress({ work, done: done[work], total })
  }
  const copied: Record<string, CopiedRows> = {}
  for (const table of copiedTables) {
    copied[table] = await readTable(from, table, async (page) => {
      await to.insertInto(table).values(page).execute()
      tell('copy', page)
    })
  }
  for (const table of copiedTables) {
    const found = await readTable(to, table, (page) => tell('read', page))
    if (!isDeepStrictEqual(found, copied[table])) {
      throw problem('DATABASE_DAMAGED', { path: place, reason: `the table ${table} did not come out as it went in` })
    }
  }
  return copied
}

async function readTable(
  db: Kysely<Tables>,
  table: CopiedTable,
  onPage: (page: readonly AnyRow[]) => Promise<void> | void,
): Promise<CopiedRows> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const page of pagesOf(db, table)) {
    for (const row of page) hash.update(`${canonicalJson(row)}\n`)
    rows += page.length
    await onPage(page)
  }
  return { rows, sha256: hash.digest('hex') }
}
