/** Removes old pull records in a separate process, for a test that kills it. */
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { PullRetention } from '../pulls/retention.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'

const [, , dataDir = '', now = '', stopIn = '0'] = process.argv
const database = process.env['FAIRLEAD_DATABASE']
const store = await openStore({ dataDir, ...(database !== undefined && { database }) })
while (!(store.peers?.leading ?? true)) await sleep(20)
let writes = 0
/** Pauses in that write, when only the commit is left. */
const write: Store['write'] = (work) =>
  store.write(async (transaction) => {
    const result = await work(transaction)
    if (++writes === Number(stopIn)) {
      process.stdout.write('standing still\n')
      await sleep(3_600_000)
    }
    return result
  })
if (stopIn === '0') process.stdout.write('removing\n')
const retention = new PullRetention({
  store: { ...store, write },
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
