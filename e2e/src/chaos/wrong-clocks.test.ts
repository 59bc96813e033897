/** R7: the clock of a node or of its control plane jumps by an hour, either way, at a step of a start, and stays wrong. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeWrongClock, playRounds, startFairleadServe, type WrongClock } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moments, startChaosSystem, type ChaosSystem } from './chaos-system.ts'

const hour = 3600
const jumps = moments.flatMap((moment) => [-hour, hour].map((seconds) => ({ moment, seconds })))

let clocks: Readonly<Record<'node' | 'plane', WrongClock>>
let system: ChaosSystem
beforeAll(async () => {
  clocks = { node: await makeWrongClock(0), plane: await makeWrongClock(0) }
  system = await startChaosSystem({
    serve: (options) => startFairleadServe({ ...options, env: clocks.plane.env }),
    agentEnv: clocks.node.env,
  })
})
afterAll(() => system[Symbol.asyncDispose]())

interface WrongClockFault {
  readonly fault: string
  readonly clock: () => WrongClock
  /** Starts whoever has the clock once more, so that it is wrong from the beginning. */
  readonly restart: () => Promise<void>
  /** What the agent may warn of. */
  readonly codes: readonly string[]
}

const jump = ({ fault, clock, restart, codes }: WrongClockFault): Promise<void> =>
  playRounds({
    fault,
    exposure: system.exposure,
    shortRounds: 1,
    async play({ turn, between }) {
      const { moment, seconds } = turn(jumps)
      await system.clear()
      const { release } = await system.startUntil(moment)
      const warned = warnings()
      await clock().set(seconds)
      // The library looks at its file every other second.
      await sleep(between(2500, 4000))
      release()
      await system.running()
      await restart()
      await system.running()
      const told = `${moment}, ${seconds} s`
      // After a restart of the control plane, an agent asks again within seconds.
      await expect.poll(warned, { message: told }).toContain('CLOCK_OFF')
      expect(
        warned().filter((code) => !codes.includes(code)),
        told,
      ).toEqual([])
      expect(await system.containers(), told).toHaveLength(1)
      await clock().set(0)
      return []
    },
  })

/** The codes that the agent has logged since this call. */
function warnings(): () => string[] {
  const log = () => readFileSync(system.agent.logFile, 'utf8')
  const before = log().length
  return () =>
    Array.from(
      log()
        .slice(before)
        .matchAll(/"level":"(?:warn|error)".*?"code":"(\w+)"/g),
      ([, code]) => code ?? '',
    )
}

test('R7: a node whose clock jumps by an hour at any step of a start says CLOCK_OFF, and continues it', () =>
  jump({
    fault: 'clock of a node off by an hour, either way, at each step of a start',
    clock: () => clocks.node,
    restart: () => system.agent.restart(),
    codes: ['CLOCK_OFF'],
  }))

test('R7: a control plane whose clock jumps by an hour at any step of a start loses no node, and continues it', () =>
  jump({
    fault: 'clock of a control plane off by an hour, either way, at each step of a start',
    clock: () => clocks.plane,
    restart: () => system.serve.restart(),
    codes: ['CLOCK_OFF', 'CONTROL_PLANE_UNREACHABLE'],
  }))
