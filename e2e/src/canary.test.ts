/** The canary proof, as `npm run prove:canary` makes it: passwords that exist nowhere else, and a search for them everywhere. */
import { canaryTable, rowHolds, type CanaryRow } from '@fairlead/testkit'
import { beforeAll, expect, test } from 'vitest'
import { proveCanary } from '../../scripts/canary/prove-canary.ts'

let rows: CanaryRow[]

beforeAll(async () => {
  rows = await proveCanary((_, work) => work())
})

const rowsOf = (place: string): CanaryRow[] => rows.filter((row) => row.place.startsWith(place))
const table = (shown: readonly CanaryRow[]): string => canaryTable(shown, { color: false })

test('the search finds the passwords and a token where they belong: in the agent, during a pull', () => {
  const agent = rowsOf('agent, memory').filter(({ findings }) => findings === 'belong there')
  expect(agent.map(({ control }) => control)).toEqual([
    { what: 'the Basic password', found: true },
    { what: 'the Bearer password', found: true },
    { what: 'its token', found: true },
  ])
})

test('S1: no password and no token in the memory, files or logs of the control plane, or in a packet to or from it', () => {
  const searched = [...rowsOf('control plane'), ...rowsOf('packets')]
  expect(searched).toHaveLength(7)
  expect(searched.every(rowHolds), table(searched)).toBe(true)
})

test('S5: none in Docker or its files, in a container, on a disk or in a log of the node', () => {
  const searched = [
    ...rowsOf('Docker'),
    ...rowsOf('container of'),
    ...rowsOf('agent, state'),
    ...rowsOf('agent, log'),
    ...rowsOf('node, '),
  ]
  expect(searched).toHaveLength(9)
  expect(searched.every(rowHolds), table(searched)).toBe(true)
})

test('the token that Ray requires is in the database and in the container’s own file; not in a log, in the state of an agent or in Docker output', () => {
  const found = rowsOf("Ray's token")
  expect(found.filter(({ findings }) => findings === 'belong there')).toHaveLength(4)
  expect(found).toHaveLength(12)
  expect(found.every(rowHolds), table(found)).toBe(true)
})

test('S5: none on a command line or in the environment of any process, in any sample of the run', () => {
  const searched = [...rowsOf('command lines'), ...rowsOf('environments')]
  expect(searched).toHaveLength(2)
  expect(searched.every(rowHolds), table(searched)).toBe(true)
})
