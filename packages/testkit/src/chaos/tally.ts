/** What rounds of a fault came to: a line of the table of `npm run test:chaos`. Test files are separate processes, so each adds its lines to a file. */
import { appendFileSync } from 'node:fs'

export interface Tally {
  readonly fault: string
  readonly injected: number
  /** Rounds after which every promise held. */
  readonly survived: number
  /** Acknowledged writes, and bytes of images, that were gone or wrong afterwards. */
  readonly lost: number
  /** Places where a credential was found; null if none is used. */
  readonly exposed: number | null
  readonly firstSeed: number
}

export function keepTally(tally: Tally): void {
  const file = process.env['FAIRLEAD_CHAOS_TALLY']
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(tally)}\n`)
}
