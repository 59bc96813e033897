/** The API does what its OpenAPI document says for any caller and any input. FAIRLEAD_API_EXAMPLES and FAIRLEAD_API_SEED make a longer run. */
import { nodeHeaders } from '@fairlead/contract/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApiWorld, type ApiWorld } from './api-world.ts'
import { runSchemathesis, type SchemathesisResult, type SchemathesisRun } from './run-schemathesis.ts'

const longer = Number(process.env['FAIRLEAD_API_EXAMPLES'] ?? 0)
const seed = Number(process.env['FAIRLEAD_API_SEED'] ?? 1)

let world: ApiWorld
beforeAll(async () => {
  world = await startApiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

// Before an admin revokes it.
test('for a node, which signs what it sends', async () => {
  const { origin, mark, answers } = world.node
  const caller = { origin, header: `${nodeHeaders.signature}: ${mark}`, tokenId: null, routes: 'signed' } as const
  const { operations } = await findsNothing('a node', { ...caller, phases: 'examples,coverage,fuzzing', examples: 10 })
  expect(operations).toBe(3)
  const path = '/api/v1/nodes/me'
  const good = [
    `POST ${path}/session 201`,
    `GET ${path}/desired_state 200`,
    `GET ${path}/desired_state 304`,
    `POST ${path}/reports 200`,
  ]
  expect(good.filter((name) => (answers.get(name) ?? 0) < 3)).toEqual([])
})

test('for a node that leaves', async () => {
  const { origin, mark, answers } = world.node
  const caller = { origin, header: `${nodeHeaders.signature}: ${mark}`, tokenId: null, routes: 'leave' } as const
  const run = { ...caller, phases: 'coverage,fuzzing', examples: 10, seed, timeoutMs: 600_000 }
  const { operations, failures, exitCode, output } = await runSchemathesis(world, run)
  expect(failures, output.slice(-20_000)).toEqual([])
  expect([operations, exitCode], output.slice(-4000)).toEqual([1, 0])
  expect([...answers.keys()].filter((name) => name.startsWith('POST /api/v1/nodes/me/leave'))).not.toEqual([])
})

// The edge-case phase, run as admin, always reads the stream from its beginning.
test.each([
  ['admin', 'examples,coverage,fuzzing,stateful', 5, 1],
  ['developer', 'examples,fuzzing,stateful', 4, 0],
  ['viewer', 'examples,fuzzing', 4, 0],
] as const)('for a token with the role %s', async (role, phases, examples, leastEvents) => {
  const token = world.tokens.find((one) => one.role === role)
  if (token === undefined) throw new TypeError(`there is a token for ${role}`)
  const caller = { origin: world.origin, header: `Authorization: Bearer ${token.text}`, tokenId: token.id }
  const { operations, eventsRead } = await findsNothing(role, { ...caller, routes: 'others', phases, examples })
  expect(operations).toBeGreaterThan(40)
  expect(eventsRead).toBeGreaterThanOrEqual(leastEvents)
})

async function findsNothing(
  who: string,
  { examples, ...run }: Omit<SchemathesisRun, 'seed' | 'timeoutMs'>,
): Promise<SchemathesisResult> {
  const limits = { seed, timeoutMs: longer > 0 ? 3_600_000 : 600_000 }
  const result = await runSchemathesis(world, { ...run, ...limits, examples: Math.max(examples, longer) })
  const { cases, operations, eventsRead, seconds, failures, exitCode, output } = result
  console.log(
    `schemathesis as ${who}: ${operations} operations, ${cases} cases, ${eventsRead} events, ${seconds.toFixed(0)} s`,
  )
  expect(failures, output.slice(-20_000)).toEqual([])
  expect(exitCode, output.slice(-4000)).toBe(0)
  expect(cases).toBeGreaterThan(100)
  return result
}
