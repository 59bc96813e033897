import { ProblemCode, problems } from '@fairlead/contract/problems'
import { PullDecision, StepName, type PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { credentialPath, pathInWords, type CredentialPath, type Ways } from './credential-path.ts'
import { example } from './example.ts'
import { reachOf, statusOf, type Reach } from './reach.ts'
import { samples, stepsUpTo } from './sample-records.ts'

const pathOf = (record: PullRecord): CredentialPath => credentialPath({ ...example, record })

interface Row {
  readonly reach: Reach
  readonly ways: Partial<Ways>
  readonly gate: CredentialPath['gate']['state']
  readonly says?: RegExp
}

const all = { layers: 'went', handOver: 'went' } as const
const nothing = { layers: 'idle', handOver: 'idle' } as const

const rows: Record<keyof typeof samples, Row> = {
  authenticated: {
    reach: 'accepted',
    ways: { read: 'went', login: 'went', ask: 'made', ...all },
    gate: 'open',
    says: /used it there and nowhere else/,
  },
  check: { reach: 'accepted', ways: { login: 'went', ...nothing }, gate: 'open', says: /nothing was pulled/ },
  alreadyHere: { reach: 'accepted', ways: { login: 'went', ...nothing }, gate: 'open' },
  anonymous: {
    reach: 'unnamed',
    ways: { read: 'idle', login: 'none', ask: 'made', reference: 'none', ...all },
    gate: 'unused',
    says: /asked without a login/,
  },
  anonymousRefused: {
    reach: 'unnamed',
    ways: { read: 'idle', login: 'none', ask: 'stopped', ...nothing },
    gate: 'unused',
    says: /the image needs a login/,
  },
  unproved: {
    reach: 'unproved',
    ways: { read: 'went', login: 'unproved', ask: 'made', ...all },
    gate: 'open',
    says: /did not confirm the login/,
  },
  mismatchAllowed: {
    reach: 'unfit',
    ways: { read: 'went', login: 'shut-out', ask: 'made', ...all },
    gate: 'shut',
    says: /was not used/,
  },
  mismatch: {
    reach: 'unfit',
    ways: { read: 'went', login: 'shut-out', ask: 'none', ...nothing },
    gate: 'shut',
    says: /dropped, and nothing was sent/,
  },
  malformedServer: { reach: 'unfit', ways: { login: 'shut-out', ask: 'none' }, gate: 'shut' },
  plainHttp: { reach: 'held', ways: { login: 'held', ask: 'none' }, gate: 'open', says: /none of it was sent/ },
  untrustedRealm: { reach: 'held', ways: { login: 'held', ask: 'stopped' }, gate: 'open', says: /none of it was sent/ },
  registryAway: { reach: 'held', ways: { login: 'held', ask: 'stopped' }, gate: 'open' },
  rejected: { reach: 'rejected', ways: { login: 'rejected', ask: 'made' }, gate: 'open', says: /It was rejected/ },
  realmFailed: {
    reach: 'sent',
    ways: { login: 'rejected', ask: 'made' },
    gate: 'open',
    says: /while the node logged in/,
  },
  denied: { reach: 'accepted', ways: { login: 'went', ...nothing }, gate: 'open', says: /ended after it/ },
  stalled: { reach: 'accepted', ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  diskFull: { reach: 'accepted', ways: { login: 'went', layers: 'idle', handOver: 'stopped' }, gate: 'open' },
  interrupted: { reach: 'accepted', ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  offline: {
    reach: 'held',
    ways: { read: 'went', login: 'held', ask: 'stopped', ...nothing },
    gate: 'open',
    says: /did not answer.*within the last day/,
  },
  secretDenied: { reach: 'ungiven', ways: { read: 'stopped', login: 'none', ask: 'none' }, gate: 'unused' },
  secretNotAllowed: {
    reach: 'unasked',
    ways: { read: 'idle', login: 'none', ask: 'none', reference: 'none' },
    gate: 'unused',
    says: /was not asked/,
  },
  secretNotJson: {
    reach: 'unusable',
    ways: { read: 'went', login: 'useless', ask: 'none' },
    gate: 'unused',
    says: /cannot use it/,
  },
  engineAway: { reach: 'unknown', ways: { read: 'idle', login: 'none', ask: 'none' }, gate: 'unused' },
}

test.each(Object.entries(rows))(
  'of a pull that is %s is told where its credential went, and where it stopped',
  (name, row) => {
    const record: PullRecord = samples[name as keyof typeof samples]
    const path = pathOf(record)
    expect(reachOf(record)).toBe(row.reach)
    expect(path.ways).toMatchObject(row.ways)
    expect(path.gate.state).toBe(row.gate)
    expect(path.sentence).toMatch(row.says ?? /\.$/)
  },
)

test.each(Object.entries(samples))(
  'of a pull that is %s, what failed is said once, or what was done about it',
  (_, told) => {
    const record: PullRecord = told
    const { secretManager, node, registry, gateway, docker } = pathOf(record)
    const bad = [secretManager, node, registry, gateway, docker].filter(({ status }) => status.tone === 'bad')
    const texts = bad.map(({ status }) => status.text)
    const title = record.code === null ? null : problems[record.code].title
    expect(texts.filter((text) => text === title).length).toBeLessThanOrEqual(1)
    expect(texts.length > 0).toBe(title !== null)
  },
)

const anyStatus = fc.constantFrom('done', 'failed', 'running', 'skipped', null)
const anyRecord = fc
  .record({
    statuses: fc.array(anyStatus, { minLength: 6, maxLength: 6 }),
    decision: fc.constantFrom(...PullDecision.options),
    code: fc.option(fc.constantFrom(...ProblemCode.options)),
    hasSecret: fc.boolean(),
    bytes: fc.nat(),
    purpose: fc.constantFrom('cluster', 'check', 'once'),
  })
  .map(({ statuses, hasSecret, ...rest }): PullRecord => ({
    ...example.record,
    ...rest,
    secret_reference: hasSecret ? example.record.secret_reference : null,
    steps: StepName.options.slice(0, 6).flatMap((step, index) => {
      const status = statuses[index] ?? null
      return status === null ? [] : [{ ...stepsUpTo('secret', status)[0]!, step, status }]
    }),
  }))

test('whatever a node tells, a credential is drawn at the registry only where it matched and a login was begun', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const { ways, gate } = pathOf(record)
      if (ways.login !== 'went' && ways.login !== 'rejected') return
      expect(gate.state).toBe('open')
      expect(ways.read).toBe('went')
      expect(statusOf(record, 'match')).toBe('done')
      expect(record.decision).not.toBe('anonymous_mismatch_allowed')
    }),
    { numRuns: 2000 },
  )
})

test('whatever a node tells, the control plane and Docker are never drawn with a login, and all is said in words too', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const path = pathOf(record)
      expect(path.controlPlane.status.text).toBe('not involved, holds no password')
      expect(pathInWords(path).map(({ where }) => where)).toEqual([
        'Control plane',
        'Secret manager',
        'Node',
        'Match',
        'Registry',
        'Gateway',
        'Docker',
      ])
    }),
  )
})

test('a record that names neither node, nor secret, nor image is drawn as well', () => {
  const { record } = example
  const bare = { ...record, node_id: null, registry: '', repository: '', image: '', secret_reference: null, steps: [] }
  const path = credentialPath({ record: bare, nodeName: null, principal: null, cloud: null })
  expect(path.registry.names).toEqual([])
  expect(path.node.names).toEqual([])
})

test('text that would turn itself around or hide is shown as what it is', () => {
  const record = { ...example.record, repository: 'team/\u202egnp.exe\u0000' }
  expect(pathOf(record).registry.names[1]).toBe('team/\\u202egnp.exe\\u0000')
})
