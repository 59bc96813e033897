/**
 * The API does what its OpenAPI document says, whoever calls, whatever is sent. FAIRLEAD_API_EXAMPLES and FAIRLEAD_API_SEED make a longer run.
 * Routes that a node signs are called without a signature; what they do with one, node-channel.test.ts tests.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApiWorld, type ApiWorld } from './api-world.ts'
import { runSchemathesis } from './run-schemathesis.ts'

const longer = Number(process.env['FAIRLEAD_API_EXAMPLES'] ?? 0)
const seed = Number(process.env['FAIRLEAD_API_SEED'] ?? 1)

let world: ApiWorld
beforeAll(async () => {
  world = await startApiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test.each([
  ['admin', 'examples,coverage,fuzzing,stateful', 5],
  ['developer', 'examples,fuzzing,stateful', 4],
  ['viewer', 'examples,fuzzing', 4],
] as const)('for a token of the role %s', async (role, phases, examples) => {
  const token = world.tokens.find((one) => one.role === role)
  if (token === undefined) throw new TypeError(`there is a token for ${role}`)
  const run = { seed, phases, examples: Math.max(examples, longer), timeoutMs: longer > 0 ? 3_600_000 : 600_000 }
  const { cases, operations, seconds, failures, exitCode, output } = await runSchemathesis(world, token, run)
  console.log(`schemathesis as ${role}: ${operations} operations, ${cases} cases, ${seconds.toFixed(0)} s`)
  expect(failures, output.slice(-20_000)).toEqual([])
  expect(exitCode, output.slice(-4000)).toBe(0)
  expect(operations).toBeGreaterThan(40)
  expect(cases).toBeGreaterThan(100)
})
