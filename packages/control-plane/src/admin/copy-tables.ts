/** Copies all tables into an empty database, and proves by count and hash that the copy matches what was read. */
import { createHash, type Hash } from 'node:crypto'
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
  const tell = (work: 'copy' | 'read') => (rows: number) => {
    signal.throwIfAborted()
    done[work] += rows
    onProgress({ work, done: done[work], total })
  }
  const copied: Record<string, CopiedRows> = {}
  for (const table of copiedTables) copied[table] = await copyTable(from, to, table, tell('copy'))
  for (const table of copiedTables) {
    const found = await hashTable(to, table, tell('read'))
    if (found.sha256 !== copied[table]?.sha256 || found.rows !== copied[table].rows) {
      throw problem('DATABASE_DAMAGED', { path: place, reason: `the table ${table} did not come out as it went in` })
    }
  }
  return copied
}

async function copyTable(
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  table: CopiedTable,
  onRows: (rows: number) => void,
): Promise<CopiedRows> {
  const tally = new Tally()
  for await (const page of pagesOf(from, table)) {
    tally.add(page)
    await to.insertInto(table).values(page).execute()
    onRows(page.length)
  }
  return tally.end()
}

async function hashTable(db: Kysely<Tables>, table: CopiedTable, onRows: (rows: number) => void): Promise<CopiedRows> {
  const tally = new Tally()
  for await (const page of pagesOf(db, table)) {
    tally.add(page)
    onRows(page.length)
  }
  return tally.end()
}

class Tally {
  readonly #hash: Hash = createHash('sha256')
  #rows = 0

  add(page: readonly AnyRow[]): void {
    for (const row of page) this.#hash.update(`${canonicalJson(row)}\n`)
    this.#rows += page.length
  }

  end(): CopiedRows {
    return { rows: this.#rows, sha256: this.#hash.digest('hex') }
  }
}
