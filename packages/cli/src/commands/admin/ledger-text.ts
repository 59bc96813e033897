/** What was verified in a ledger, and what was removed from it before. Pure. */
import { removedRecords } from '../../terminal/removed-records.ts'
import { formatCount } from '../../terminal/units.ts'

export interface ProvedLedger {
  readonly records: number
  readonly nodes: number
  readonly removed: { readonly records: number; readonly received_until: string | null }
}

export function ledgerText({ records, nodes, removed }: ProvedLedger): string {
  const proved = `${formatCount(records, 'pull record')} of ${formatCount(nodes, 'node')}, each with a valid hash and in its place\n`
  if (removed.received_until === null) return proved
  return `${proved}${removedRecords(removed.records, removed.received_until)}; the remaining records continue them\n`
}
