/** Whether a node is ready for pods: as the agent saw its doors last. */
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { DoorReadiness, serveReadiness } from './door-readiness.ts'

const bypassed = problem('DOOR_BYPASSED', { name: 'containerd 2.4.2', registry: 'r.example.com', reason: 'x' })
const signal = new AbortController().signal

test('before the first look nobody is ready, and afterwards who has no fault', () => {
  const readiness = new DoorReadiness()
  expect(readiness.answer()).toEqual({ status: 503, text: 'not looked yet\n' })
  readiness.take([bypassed, problem('DOOR_NO_ENGINE')])
  expect(readiness.answer()).toEqual({ status: 503, text: 'DOOR_BYPASSED DOOR_NO_ENGINE\n' })
  readiness.take([])
  expect(readiness.answer()).toEqual({ status: 200, text: 'ok\n' })
  readiness.take([bypassed])
  expect(readiness.answer().status).toBe(503)
})

test('the same faults again are no news', () => {
  const readiness = new DoorReadiness()
  expect([[], [], [bypassed], [bypassed], []].map((faults) => readiness.take(faults))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ])
})

test('who waits goes on when the doors are open', async () => {
  const readiness = new DoorReadiness()
  const waiting = readiness.until(signal).then(() => 'open')
  readiness.take([bypassed])
  expect(await Promise.race([waiting, Promise.resolve('waits')])).toBe('waits')
  readiness.take([])
  expect(await waiting).toBe('open')
  await readiness.until(signal)
})

test('a prober reads it at /readyz, and nothing else is there', async () => {
  const readiness = new DoorReadiness()
  await using server = await serveReadiness('127.0.0.1:0', readiness)
  const at = async (path: string) => {
    const answer = await fetch(`http://${server.address}${path}`)
    return [answer.status, await answer.text()]
  }
  expect(await at('/readyz')).toEqual([503, 'not looked yet\n'])
  readiness.take([])
  expect(await at('/readyz')).toEqual([200, 'ok\n'])
  expect(await at('/metrics')).toEqual([404, 'not here\n'])
})
