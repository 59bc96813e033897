/** What a request needed is garbage once it is answered: a fleet's reports would otherwise fill the memory until a full collection stops the loop. */
import { Agent, request } from 'node:http'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { testControlPlane } from '../testing/test-control-plane.ts'

const requests = 2000

test('what a request needed does not outlive it, as small collections see it', async () => {
  await using running = await testControlPlane()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = () =>
    new Promise((resolve, reject) => {
      const sent = request(`${running.plane.origin}/healthz`, { agent }, (answer) => {
        answer.resume().on('end', resolve)
      })
      sent.on('error', reject).end()
    })
  const ofMany = async () => {
    for (let number = 0; number < requests; number += 1) {
      await ask()
      if (number % 50 === 0) collect({ type: 'minor' })
    }
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void
  // What is compiled and remembered once.
  await ofMany()
  collect({ type: 'major' })
  const before = kept()
  await ofMany()
  expect((kept() - before) / requests).toBeLessThan(2000)
  agent.destroy()
})

/** Bytes in the space of what survived small collections. */
function kept(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0
}
