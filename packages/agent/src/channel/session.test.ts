/** Sessions: shared, renewed in time, reopened when forgotten. */
import { newId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import { NodeSessions } from './session.ts'

const quiet = new AbortController().signal
let now: number
let opened: number
let sessions: NodeSessions

beforeEach(() => {
  now = 1_000_000
  opened = 0
  sessions = new NodeSessions({
    open: async () => {
      opened += 1
      return { session_id: newId('nse'), expires_at: new Date(now + 900_000).toISOString() }
    },
    now: () => now,
    random: () => 0.5,
  })
})

describe('NodeSessions', () => {
  test('shares one session among concurrent requests', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => sessions.current(quiet)))
    expect(new Set(ids).size).toBe(1)
    expect(opened).toBe(1)
  })

  test('renews after ten of its fifteen minutes', async () => {
    const first = await sessions.current(quiet)
    now += 599_000
    expect(await sessions.current(quiet)).toBe(first)
    now += 2_000
    expect(await sessions.current(quiet)).not.toBe(first)
  })

  test('reopens a forgotten session once, however many requests notice', async () => {
    const first = await sessions.current(quiet)
    sessions.forget(first)
    const second = await sessions.current(quiet)
    sessions.forget(first)
    expect(await sessions.current(quiet)).toBe(second)
    expect(opened).toBe(2)
  })

  test('retries a failed opening on the next request', async () => {
    let failing = true
    const flaky = new NodeSessions({
      open: async () => {
        if (failing) throw new Error('down')
        return { session_id: newId('nse'), expires_at: new Date(now).toISOString() }
      },
      now: () => now,
      random: () => 0.5,
    })
    await expect(flaky.current(quiet)).rejects.toThrow('down')
    failing = false
    await expect(flaky.current(quiet)).resolves.toMatch(/^nse_/)
  })
})
