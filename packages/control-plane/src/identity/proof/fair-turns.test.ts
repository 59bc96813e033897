import { expect, test } from 'vitest'
import { FairTurns, type Turn } from './fair-turns.ts'

const stays = new AbortController().signal
const gone = AbortSignal.abort()

/** Takes turns and logs which callers got one or were turned away, in order. */
function watched(turns: FairTurns) {
  const log: string[] = []
  const held: Turn[] = []
  const ask = (asker: string, name = asker, signal = stays): void => {
    void turns.take(asker, signal).then((turn) => {
      log.push(turn === null ? `${name}: sent away` : name)
      if (turn !== null) held.push(turn)
    })
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const endOne = async (): Promise<void> => {
    held.shift()?.[Symbol.dispose]()
    await settled()
  }
  return { log, ask, settled, endOne }
}

test('a caller that asks once is next, even after a hundred requests from another', async () => {
  const { log, ask, settled, endOne } = watched(new FairTurns({ atOnce: 2, atOnceEach: 2, waiting: 200 }))
  for (let time = 0; time < 100; time++) ask('flood')
  ask('honest')
  await settled()
  expect(log).toEqual(['flood', 'flood'])
  await endOne()
  await endOne()
  expect(log).toEqual(['flood', 'flood', 'flood', 'honest'])
})

test('one slow caller leaves turns for the others', async () => {
  const { log, ask, settled } = watched(new FairTurns({ atOnce: 4, atOnceEach: 3, waiting: 10 }))
  for (let time = 0; time < 5; time++) ask('slow')
  ask('honest')
  await settled()
  expect(log).toEqual(['slow', 'slow', 'slow', 'honest'])
})

test('when the queue is full, drops the last entry of the longest line', async () => {
  const { log, ask, settled, endOne } = watched(new FairTurns({ atOnce: 1, atOnceEach: 1, waiting: 3 }))
  for (const name of ['flood 0', 'flood 1', 'flood 2', 'flood 3', 'flood 4']) ask('flood', name)
  ask('honest')
  await settled()
  expect(log).toEqual(['flood 0', 'flood 4: sent away', 'flood 3: sent away'])
  await endOne()
  await endOne()
  await endOne()
  expect(log.slice(3)).toEqual(['flood 1', 'honest', 'flood 2'])
})

test('a caller that disconnects while waiting takes no turn', async () => {
  const { log, ask, settled, endOne } = watched(new FairTurns({ atOnce: 1, atOnceEach: 1, waiting: 3 }))
  ask('first')
  ask('gone', 'gone', gone)
  ask('honest')
  await settled()
  await endOne()
  expect(log).toEqual(['first', 'gone: sent away', 'honest'])
})

test('never runs more than the limit at once, and finishes everything', async () => {
  const turns = new FairTurns({ atOnce: 5, atOnceEach: 2, waiting: 1000 })
  let running = 0
  let most = 0
  const work = async (asker: string): Promise<void> => {
    using turn = await turns.take(asker, stays)
    expect(turn).not.toBeNull()
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  }
  await Promise.all(Array.from({ length: 300 }, (_, index) => work(`asker ${index % 7}`)))
  expect({ most, running }).toEqual({ most: 5, running: 0 })
})
