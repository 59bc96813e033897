/** Removes old pull records in a process of its own, for a test that kills it. */
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { PullRetention } from '../fleet/pull-retention.ts'
import { openStore } from '../store/open-store.ts'

const [, , dataDir = '', now = ''] = process.argv
const database = process.env['FAIRLEAD_DATABASE']
const store = await openStore({ dataDir, ...(database !== undefined && { database }) })
while (!(store.peers?.leading ?? true)) await sleep(20)
process.stdout.write('removing\n')
const retention = new PullRetention({
  store,
  clock: () => Number(now),
  log: pino({ level: 'silent' }),
  days: 1,
  onRemoved: () => undefined,
  onFault: (error) => {
    throw error
  },
})
await retention.sweep()
await store.close()
