import type { Attention, ControlPlane } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { concernsOf } from './attention.ts'

const now = Date.parse('2026-11-30T00:00:00Z')
const nothing = { total: 0, newest: [] }
const calm: Attention = {
  ailing_clusters: nothing,
  lost_nodes: nothing,
  waited_on_nodes: nothing,
  failed_environments: nothing,
  low_budgets: nothing,
  broken_chains: nothing,
  refused_pulls: 0,
  expiring_admin_tokens: nothing,
}
const valid = { expires_at: '2027-01-30T00:00:00Z', faults: [] }
const concerns = (change: Partial<Attention>, certificate: ControlPlane['certificate'] = valid) =>
  concernsOf({ attention: { ...calm, ...change }, control_plane: { version: '1.0.0', certificate } }, now)
const texts = (...given: Parameters<typeof concerns>) => concerns(...given).map(({ text }) => text)

describe('what needs attention', () => {
  test('is nothing while all is well, with TLS and without', () => {
    expect(texts({})).toEqual([])
    expect(texts({}, null)).toEqual([])
  })

  test('names the first of many, and links to the list of all', () => {
    const lost_nodes = { total: 5, newest: ['n1', 'n2'].map((name) => ({ id: name, name })) }
    expect(concerns({ lost_nodes })).toMatchObject([
      { text: '5 nodes are lost', names: 'n1, n2 and 3 more', link: { to: '/nodes', search: { state: 'lost' } } },
    ])
  })

  test('says that a count ended at its bound', () => {
    expect(texts({ refused_pulls: 10_000 })).toEqual(['10,000+ pulls were refused in the last 24 hours'])
  })

  test('puts what has stopped working before what may', () => {
    const one = { total: 1, newest: [{ id: 'x', name: 'x' }] }
    expect(
      texts({
        lost_nodes: one,
        waited_on_nodes: one,
        ailing_clusters: one,
        failed_environments: one,
        low_budgets: one,
        broken_chains: one,
        refused_pulls: 3,
        expiring_admin_tokens: one,
      }),
    ).toEqual([
      '1 cluster has a problem',
      '1 node is lost',
      '1 node has pods that wait for an image',
      '1 environment’s newest build failed',
      '3 pulls were refused in the last 24 hours',
      '1 node’s records are no whole chain',
      '1 login has few pulls left',
      '1 token of an admin expires within 7 days',
    ])
  })

  test.each([
    ['2026-12-03T12:00:00Z', [], ['The certificate of this control plane expires in 3 days']],
    ['2026-11-30T05:00:00Z', [], ['The certificate of this control plane expires within a day']],
    ['2026-12-30T05:00:00Z', [], []],
    ['2026-11-01T00:00:00Z', ['expired'], ['The certificate of this control plane has expired']],
    ['2026-12-30T05:00:00Z', ['not_replaced'], ['A renewed certificate of this control plane cannot be used']],
  ] as const)('tells of a certificate until %s with the faults %j', (expires_at, faults, expected) => {
    expect(texts({}, { expires_at, faults: [...faults] })).toEqual(expected)
  })
})
