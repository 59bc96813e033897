/** What the control plane verifies of a pull record: that it is unaltered, and continues its node's chain. */
import { createHash } from 'node:crypto'
import { canonicalJson, type PullRecord } from '@fairlead/contract/wire'
import type { ChainHead } from '../record/record-chain.ts'

export function continuesChain({ hash, ...rest }: PullRecord, head: ChainHead): boolean {
  const expected = createHash('sha256').update(canonicalJson(rest)).digest('hex')
  return rest.sequence === head.sequence + 1 && rest.previous_hash === head.hash && hash === expected
}
