/** R1, R2, R3, R7: a start on a real engine, interrupted at a moment that the seed decides. It ends with one running container. */
import { setTimeout as sleep } from 'node:timers/promises'
import { playRounds, type Chance } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moments, startChaosSystem, type ChaosSystem, type Moment } from './chaos-system.ts'

let system: ChaosSystem
beforeAll(async () => {
  system = await startChaosSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

const beforeTheImage: ReadonlySet<Moment> = new Set(moments.slice(0, moments.indexOf('image loaded')))

interface Interruption {
  readonly fault: string
  readonly at: readonly Moment[]
  /** Returns once the cause is gone. `release` lets the registry continue. */
  readonly strike: (chance: Chance, release: () => void) => Promise<void>
  /** How often a layer may be fetched from its first byte, all in all. */
  readonly fetches?: (moment: Moment) => number
}

const interrupt = ({ fault, at, strike, fetches }: Interruption): Promise<void> =>
  playRounds({
    fault,
    exposure: system.exposure,
    shortRounds: 2,
    async play(chance) {
      const moment = chance.turn(at)
      await system.clear()
      const { release } = await system.startUntil(moment)
      await sleep(chance.between(0, 200))
      await strike(chance, release)
      await system.running()
      expect(await system.containers(), moment).toHaveLength(1)
      expect(await system.imageNames(), moment).toEqual([system.image.reference])
      if (fetches !== undefined) expect(system.mostFetches(), moment).toBeLessThanOrEqual(fetches(moment))
      return []
    },
  })

test('R2: an agent killed at any step of a start converges, pulls nothing twice that it has, and leaves no second container', () =>
  interrupt({
    fault: 'kill -9 of the agent at each step of a start',
    at: moments,
    async strike(_, release) {
      system.agent.kill('SIGKILL')
      release()
      await system.agent.restart()
    },
    // What it had received is gone with its process; what Docker has is not.
    fetches: (moment) => (beforeTheImage.has(moment) ? 2 : 1),
  }))

test('R1, R3: a control plane killed at any step of a start is found again, and the start goes on', () =>
  interrupt({
    fault: 'kill -9 of the control plane at each step of a start',
    at: moments,
    async strike(_, release) {
      system.serve.kill('SIGKILL')
      release()
      await system.serve.restart()
    },
    fetches: () => 1,
  }))

test('R2: an agent that is stopped for seconds at any step of a start continues it', () =>
  interrupt({
    fault: 'SIGSTOP of the agent for 1 to 12 s, then SIGCONT',
    at: moments,
    async strike({ between }, release) {
      system.agent.kill('SIGSTOP')
      release()
      await sleep(between(1000, 12_000))
      system.agent.kill('SIGCONT')
    },
  }))

test('R7: a node cut off for seconds at any step of a start continues it', () =>
  interrupt({
    fault: 'network namespace cut off for 1 to 12 s, then rejoined',
    at: moments,
    async strike({ between }, release) {
      await system.network.setLink(system.machine, 'down')
      release()
      await sleep(between(1000, 12_000))
      await system.network.setLink(system.machine, 'up')
    },
  }))

test('R7: an engine that restarts in the middle of a pull gets the image without another order', () =>
  interrupt({
    fault: 'dockerd killed or stopped in the middle of a pull, then started',
    at: ['first layer', 'middle of a layer'],
    async strike({ pick }, release) {
      if (pick(['kill', 'stop']) === 'kill') system.engine.kill('SIGKILL')
      await system.engine.halt()
      release()
      await system.engine.start()
    },
  }))
