import { newId } from '@fairlead/contract/names'
import { problem, type ProblemCode } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { makeNodeKey } from '../channel/node-key.ts'
import type { NodeIdentity } from '../channel/node-identity.ts'
import { liveAsNode } from './live-as-node.ts'

const node = (cloud: string | null): NodeIdentity => ({
  nodeId: newId('node'),
  cloudId: newId('cld'),
  name: 'i-0aaa',
  provider: 'gcp',
  checker: false,
  cloud,
  podToken: null,
  host: 'http://127.0.0.1:1',
  origin: 'http://127.0.0.1:1',
  caPem: null,
  hostUser: null,
  key: makeNodeKey(),
})

/** How it ends, and the clouds that the machine proved itself to in the meantime. */
async function lived(first: NodeIdentity, ends: readonly (ProblemCode | null)[]) {
  const runs: NodeIdentity[] = []
  const proved: string[] = []
  const end = await liveAsNode(first, {
    async run(identity) {
      const code = ends[runs.push(identity) - 1] ?? null
      if (code !== null) throw problem(code as 'NODE_REVOKED')
    },
    async joinAnew(_, cloud) {
      proved.push(cloud)
      return node(cloud)
    },
  }).then(
    () => 'ended',
    (error: unknown) => (error as { code: string }).code,
  )
  return { end, proved, differs: runs[0]?.nodeId !== runs.at(-1)?.nodeId }
}

test('a forgotten node proves itself again and continues as a new one', async () => {
  expect(await lived(node('prod'), ['NODE_FORGOTTEN', null])).toEqual({ end: 'ended', proved: ['prod'], differs: true })
})

test('a revoked node does not prove itself again, and neither does a forgotten one that joined by token', async () => {
  const none = { proved: [], differs: false }
  expect(await lived(node('prod'), ['NODE_REVOKED'])).toEqual({ end: 'NODE_REVOKED', ...none })
  expect(await lived(node(null), ['NODE_FORGOTTEN'])).toEqual({ end: 'NODE_FORGOTTEN', ...none })
})
