import { DoorEngine, PullRecord } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import type { DoorOrder, PullOrder } from '../image-puller.ts'
import { continuesChain } from '../testing/continues-chain.ts'
import { order, ScriptedPull } from '../testing/scripted-pull.ts'
import { PullAttempt } from './pull-attempt.ts'
import { emptyChain } from './record-chain.ts'

async function recordOf(asked: PullOrder): Promise<PullRecord> {
  const scripted = await ScriptedPull.open()
  const attempt = new PullAttempt(asked, scripted.parts(), scripted.watch())
  return scripted.ledger.append(attempt.record(null, null))
}

test.each(DoorEngine.options)(
  'records that %s pulled through its door, under the hash of the record',
  async (engine) => {
    const door: DoorOrder = { ...order, purpose: 'door', engine, clusterId: null, buildId: null }
    const record = await recordOf(door)
    expect(PullRecord.parse(record)).toMatchObject({ purpose: 'door', engine, cluster_id: null, build_id: null })
    expect(continuesChain(record, emptyChain)).toBe(true)
    const other = DoorEngine.options.find((name) => name !== engine)
    expect(continuesChain({ ...record, engine: other }, emptyChain)).toBe(false)
  },
)

test('records no engine for a pull that came through no door', async () => {
  for (const purpose of ['cluster', 'check', 'once'] as const) {
    expect(await recordOf({ ...order, purpose })).not.toHaveProperty('engine')
  }
})
