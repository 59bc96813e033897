/** Verifies a database: its pages, its references, and every pull record. What is broken is thrown as a problem. */
import type { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract'
import { LedgerJudge, type LedgerBreak, type LedgerRow, type LedgerVerdict } from './judge-ledger.ts'
import { asDamage, checkIntegrity, rowCounts, schemaVersion } from './open-database.ts'
import type { OnProgress } from './progress.ts'

export interface Verified {
  readonly schema_version: number
  readonly rows: Record<string, number>
  readonly records: number
  readonly nodes: number
}

const tellEvery = 5000

export async function verifyDatabase(
  database: DatabaseSync,
  path: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Verified> {
  onProgress({ work: 'check', done: 0, total: 1 })
  checkIntegrity(database, path)
  const rows = asDamage(path, () => rowCounts(database))
  const total = rows['pulls'] ?? 0
  const judge = new LedgerJudge()
  let done = 0
  for (const row of pullsOf(database, path)) {
    judge.take(row)
    if (++done % tellEvery !== 0) continue
    onProgress({ work: 'records', done, total })
    // Lets Ctrl-C through.
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
  onProgress({ work: 'records', done, total })
  const { verdict } = judge
  if (verdict.breaks > 0) throw brokenLedger(verdict)
  return { schema_version: schemaVersion(database, path), rows, records: verdict.records, nodes: verdict.nodes }
}

function pullsOf(database: DatabaseSync, path: string): Iterable<LedgerRow> {
  return asDamage(path, () =>
    database
      .prepare(
        'select node_id, sequence, hash, cluster_id, code, chain, record from pulls order by node_id, sequence, key',
      )
      .iterate(),
  ) as Iterable<never>
}

const words: Readonly<Record<LedgerBreak['kind'], string>> = {
  altered: 'the record is not what its hash was made of',
  gap: 'records before it are missing',
  fork: 'its place is taken, or another record precedes it',
}

export function brokenLedger({ breaks, first_breaks }: LedgerVerdict) {
  const [first] = first_breaks
  const { node_id: node = '?', sequence = 0, kind = 'altered' } = first ?? {}
  const more = breaks > 1 ? `; ${breaks} places in all` : ''
  const fields = first_breaks.map((found) => ({
    path: `${found.node_id}/${found.sequence}`,
    detail: `${words[found.kind]}${found.noted ? '; so it came from the node' : ''}`,
  }))
  return problem('LEDGER_BROKEN', { node, sequence, reason: `${words[kind]}${more}` }, fields)
}
