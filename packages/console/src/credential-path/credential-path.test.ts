import { ProblemCode, problems } from '@fairlead/contract/problems'
import { DoorEngine, LoginReach, PullDecision, PullPurpose, StepName, type PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { credentialPath, pathInWords, type CredentialPath, type Ways } from './credential-path.ts'
import { example } from './example.ts'
import { samples, stepsUpTo } from './sample-records.ts'

const pathOf = (record: PullRecord): CredentialPath => credentialPath({ ...example, record })

interface Row {
  readonly ways: Partial<Ways>
  readonly gate: CredentialPath['gate']['state']
  readonly says?: RegExp
}

const all = { layers: 'went', handOver: 'went' } as const
const nothing = { layers: 'idle', handOver: 'idle' } as const

const rows: Record<keyof typeof samples, Row> = {
  authenticated: {
    ways: { read: 'went', login: 'went', ask: 'made', ...all },
    gate: 'open',
    says: /used it there and nowhere else/,
  },
  check: { ways: { login: 'went', ...nothing }, gate: 'open', says: /nothing was pulled/ },
  alreadyHere: { ways: { login: 'went', ...nothing }, gate: 'open' },
  anonymous: {
    ways: { read: 'idle', login: 'none', ask: 'made', reference: 'none', ...all },
    gate: 'unused',
    says: /asked without a login/,
  },
  anonymousRefused: {
    ways: { read: 'idle', login: 'none', ask: 'stopped', ...nothing },
    gate: 'unused',
    says: /the image needs a login/,
  },
  unproved: {
    ways: { read: 'went', login: 'unproved', ask: 'made', ...all },
    gate: 'open',
    says: /did not confirm the login/,
  },
  unsent: { ways: { read: 'went', login: 'held', ask: 'made', ...all }, gate: 'open', says: /asked for no login/ },
  mismatchAllowed: {
    ways: { read: 'went', login: 'shut-out', ask: 'made', ...all },
    gate: 'shut',
    says: /was not used/,
  },
  mismatch: {
    ways: { read: 'went', login: 'shut-out', ask: 'none', ...nothing },
    gate: 'shut',
    says: /dropped, and nothing was sent/,
  },
  malformedServer: { ways: { login: 'shut-out', ask: 'none' }, gate: 'shut' },
  plainHttp: { ways: { login: 'held', ask: 'none' }, gate: 'open', says: /none of it was sent/ },
  untrustedRealm: { ways: { login: 'held', ask: 'stopped' }, gate: 'open', says: /none of it was sent/ },
  registryAway: { ways: { login: 'held', ask: 'stopped' }, gate: 'open' },
  rejected: {
    ways: { login: 'sent', ask: 'made' },
    gate: 'open',
    says: /before the login was accepted: the registry rejected the login/,
  },
  realmFailed: {
    ways: { login: 'sent', ask: 'made' },
    gate: 'open',
    says: /before the login was accepted: the token realm failed/,
  },
  realmAddressRefused: { ways: { login: 'held', ask: 'made' }, gate: 'open', says: /none of it was sent/ },
  notFound: { ways: { login: 'unproved', ...nothing }, gate: 'open', says: /did not confirm it/ },
  denied: { ways: { login: 'went', ...nothing }, gate: 'open', says: /ended after it/ },
  stalled: { ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  diskFull: { ways: { login: 'went', layers: 'idle', handOver: 'stopped' }, gate: 'open' },
  cannotUnpack: { ways: { login: 'went', layers: 'idle', handOver: 'stopped' }, gate: 'open' },
  secretMoved: { ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  interrupted: { ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  offline: {
    ways: { read: 'went', login: 'held', ask: 'stopped', ...nothing },
    gate: 'open',
    says: /did not answer.*within the last day/,
  },
  door: {
    ways: { read: 'went', login: 'went', ask: 'made', reference: 'none', ...all },
    gate: 'open',
    says: /nowhere else\. containerd pulled through its door and got no login\.$/,
  },
  doorFromHere: { ways: { login: 'went', reference: 'none', ...nothing }, gate: 'open', says: /Podman pulled through/ },
  doorResolved: { ways: { login: 'went', ask: 'made', ...nothing }, gate: 'open' },
  doorShut: { ways: { read: 'stopped', login: 'none', ask: 'none', reference: 'none' }, gate: 'unused' },
  doorDiskFull: { ways: { login: 'went', layers: 'stopped', handOver: 'idle' }, gate: 'open' },
  secretDenied: { ways: { read: 'stopped', login: 'none', ask: 'none' }, gate: 'unused' },
  credentialsExpired: { ways: { read: 'stopped', login: 'none', ask: 'none' }, gate: 'unused' },
  secretNotAllowed: {
    ways: { read: 'idle', login: 'none', ask: 'none', reference: 'none' },
    gate: 'unused',
    says: /was not asked/,
  },
  secretNotJson: {
    ways: { read: 'went', login: 'useless', ask: 'none' },
    gate: 'unused',
    says: /cannot use it/,
  },
  engineAway: { ways: { read: 'idle', login: 'none', ask: 'none' }, gate: 'unused' },
  unrecorded: {
    ways: { read: 'idle', login: 'none', ask: 'made', ...all },
    gate: 'unused',
    says: /did not record how far the login got/,
  },
  unrecordedMismatch: {
    ways: { read: 'idle', login: 'none', ask: 'none', ...nothing },
    gate: 'unused',
    says: /^The pull ended: the secret is for another registry\. .*did not record/,
  },
  unrecordedRejected: { ways: { read: 'idle', login: 'none', ask: 'made', ...nothing }, gate: 'unused' },
}

test.each(Object.entries(rows))(
  'shows for a pull that is %s where its credential went, and where it stopped',
  (name, row) => {
    const record: PullRecord = samples[name as keyof typeof samples]
    const path = pathOf(record)
    expect(path.ways).toMatchObject(row.ways)
    expect(path.gate.state).toBe(row.gate)
    expect(path.sentence).toMatch(row.says ?? /\.$/)
  },
)

test.each(Object.entries(samples))(
  'says once for a pull that is %s what failed, or what was done about it',
  (_, told) => {
    const record: PullRecord = told
    const { secretManager, node, registry, gateway, engine } = pathOf(record)
    const bad = [secretManager, node, registry, gateway, engine].filter(({ status }) => status.tone === 'bad')
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
    login: fc.constantFrom(...LoginReach.options),
    code: fc.option(fc.constantFrom(...ProblemCode.options)),
    hasSecret: fc.boolean(),
    bytes: fc.nat(),
    asked: fc.oneof(
      fc.record({ purpose: fc.constantFrom(...PullPurpose.exclude(['door']).options) }),
      fc.record({ purpose: fc.constant('door' as const), engine: fc.constantFrom(...DoorEngine.options) }),
    ),
  })
  .map(({ statuses, hasSecret, asked, ...rest }): PullRecord => ({
    ...example.record,
    ...rest,
    ...asked,
    secret_reference: hasSecret ? example.record.secret_reference : null,
    steps: StepName.options.slice(0, 6).flatMap((step, index) => {
      const status = statuses[index] ?? null
      return status === null ? [] : [{ ...stepsUpTo('secret', status)[0]!, step, status }]
    }),
  }))

test('whatever a node reports, draws a credential at the registry if, and only if, its record says that it was sent', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const { ways, gate } = pathOf(record)
      const isThere = ways.login === 'went' || ways.login === 'unproved' || ways.login === 'sent'
      expect(isThere).toBe(record.login === 'sent' || record.login === 'unproved' || record.login === 'accepted')
      if (!isThere) return
      expect(gate.state).toBe('open')
      expect(ways.read).toBe('went')
    }),
    { numRuns: 2000 },
  )
})

test('how far a login is drawn does not depend on how its pull ended', () => {
  const ofLogin = (record: PullRecord) => {
    const { ways, gate } = pathOf(record)
    return [ways.read, ways.login, gate.state]
  }
  fc.assert(
    fc.property(anyRecord, anyRecord, (record, other) => {
      expect(ofLogin({ ...other, login: record.login })).toEqual(ofLogin(record))
    }),
    { numRuns: 2000 },
  )
})

test('draws no path of a login if the record does not say how far the login got', () => {
  fc.assert(
    fc.property(anyRecord, (newer) => {
      const { login: _, ...record } = newer
      const { ways, gate, secretManager, sentence } = pathOf(record)
      expect([ways.read, ways.login, gate.state, gate.text]).toEqual(['idle', 'none', 'unused', 'not recorded'])
      expect(secretManager.status.text).toBe('not recorded')
      expect(sentence).toMatch(/did not record how far the login got/)
    }),
  )
})

test('whatever a node reports, never draws the control plane or the engine with a login, and says everything in words too', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const path = pathOf(record)
      expect(path.controlPlane.status.text).toBe('not involved, holds no password')
      const ofEngine = { docker: 'Docker', containerd: 'containerd', podman: 'Podman' }
      expect(pathInWords(path).map(({ where }) => where)).toEqual([
        'Control plane',
        'Secret manager',
        'Node',
        'Match',
        'Registry',
        record.purpose === 'door' ? 'Door' : 'Gateway',
        ofEngine[record.engine ?? 'docker'],
      ])
    }),
  )
})

test('also draws a record that names neither node, nor secret, nor image', () => {
  const { record } = example
  const bare = { ...record, node_id: null, registry: '', repository: '', image: '', secret_reference: null, steps: [] }
  const path = credentialPath({ record: bare, nodeName: null, principal: null, cloud: null })
  expect(path.registry.names).toEqual([])
  expect(path.node.names).toEqual([])
})

test('shows text that would reverse or hide itself as what it is', () => {
  const record = { ...example.record, repository: 'team/\u202egnp.exe\u0000' }
  expect(pathOf(record).registry.names[1]).toBe('team/\\u202egnp.exe\\u0000')
})

test('names no secret at the control plane for a pull through a door: the file of the node’s owner names it', () => {
  const { controlPlane, node, engine, gateway } = pathOf(samples.door)
  expect(controlPlane).toMatchObject({ names: [], facts: ['keeps the record of this pull'] })
  expect(node.facts).toContain('its owner’s file opens the door')
  expect([gateway.title, engine.title, engine.status.text]).toEqual(['Door', 'containerd', 'got no password'])
})
