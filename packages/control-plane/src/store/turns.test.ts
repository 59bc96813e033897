import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

class TooLong extends Error {}

test('tasks run one after another in order, whether they succeed or fail', async () => {
  const turns = new Turns(10_000, () => new TooLong())
  const log: string[] = []
  const work = (name: string, fails: boolean) =>
    turns.take(async () => {
      log.push(`${name} begins`)
      await sleep(5)
      log.push(`${name} ends`)
      if (fails) throw new RangeError(name)
      return name
    })
  const answers = await Promise.allSettled([work('a', false), work('b', true), work('c', false)])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a task that waits too long gives up, and does not let others in before the current turn ends', async () => {
  const turns = new Turns(30, () => new TooLong())
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  let held = true
  const first = turns.take(async () => {
    await released
    held = false
  })
  await expect(turns.take(async () => {})).rejects.toBeInstanceOf(TooLong)
  const third = turns.take(async () => held)
  release()
  await first
  expect(await third).toBe(false)
})
