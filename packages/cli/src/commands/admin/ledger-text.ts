/** What a ledger has that was proved, and what was removed from it before. Pure. */
import { formatCount, formatTime } from '../../terminal/units.ts'

export interface ProvedLedger {
  readonly records: number
  readonly nodes: number
  readonly removed: { readonly records: number; readonly received_until: string | null }
}

export function ledgerText({ records, nodes, removed }: ProvedLedger): string {
  const proved = `${formatCount(records, 'pull record')} of ${formatCount(nodes, 'node')}, each with its hash and in its place\n`
  if (removed.received_until === null) return proved
  const until = formatTime(removed.received_until)
  return `${proved}${formatCount(removed.records, 'older record')} removed for age, the newest received ${until}; what is left continues them\n`
}
