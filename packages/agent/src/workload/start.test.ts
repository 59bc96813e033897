/** Whose container it is, and of which start: as its labels say, which anybody on the machine may write. */
import { newId } from '@fairlead/contract/names'
import type { Container } from '@fairlead/credential-path/engine/engine'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { asWorkloadContainer, labels } from './start.ts'

const nodeId = newId('node')
const clusterId = newId('ses')
const seen = (found: Container['labels']) => {
  const container: Container = {
    id: 'c',
    name: 'n',
    labels: found,
    state: 'running',
    exitStatus: null,
    cgroupParent: null,
    pid: 1,
  }
  return asWorkloadContainer(container, nodeId)
}

test('a start is read from its labels, whatever other labels there are', () => {
  const others = fc.dictionary(fc.stringMatching(/^x[a-z.]{0,9}$/), fc.string())
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), others, (generation, more) => {
      const own = { [labels.node]: nodeId, [labels.cluster]: clusterId, [labels.generation]: String(generation) }
      expect(seen({ ...more, ...own })?.start).toEqual({ clusterId, generation })
    }),
  )
})

test('labels that say anything else are no start, and one of another node is not ours to touch', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('0', '-1', '01', '1.0', '1e3', ' 1', '1\n', '9'.repeat(10), '9'.repeat(2 ** 20)),
  )
  fc.assert(
    fc.property(text, fc.string(), fc.boolean(), (generation, other, hasCluster) => {
      fc.pre(!/^[1-9]\d{0,8}$/.test(generation) && other !== nodeId)
      const cluster = hasCluster ? clusterId : other
      const found = { [labels.cluster]: cluster, [labels.generation]: hasCluster ? generation : '1' }
      expect(seen({ ...found, [labels.node]: nodeId })).toMatchObject({ name: 'n', start: null })
      expect(seen({ ...found, [labels.node]: other })).toBeNull()
      expect(seen(found)).toBeNull()
    }),
  )
})
