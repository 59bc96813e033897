/** The whole examination in memory: the real registry client against a scripted registry, with the test's own secret reader and engine. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PullingEngine } from '@fairlead/credential-path/testing/pulling-engine'
import { parseLoginDocument } from '@fairlead/credential-path/match/login-document'
import { loadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { openRegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { sampleImage, ScriptedRegistry } from '@fairlead/credential-path/testing/scripted-registry'
import type { InstallationParts } from './check-installation.ts'
import { firstProblem, type DoctorReport } from './doctor-report.ts'
import { examine } from './examine.ts'

const password = 'canary-doctor-7Qd2'
const gigabyte = 1024 ** 3
const basic = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`
const pathSteps = [
  'policy',
  'image',
  'identity',
  'secret',
  'parse',
  'match',
  'reach',
  'challenge',
  'token',
  'manifest',
  'platform',
  'disk',
  'docker',
  'gateway',
]

let registry: ScriptedRegistry
let engine: PullingEngine
/** The secret's content, as text. */
let document: string
let policy: Record<string, unknown>
let changed: Partial<InstallationParts>
let told: string[]

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.push('v1', sampleImage())
  registry.accepted = new Set([basic])
  engine = new PullingEngine()
  engine.dataRoot = async () => '/var/lib/docker'
  document = JSON.stringify({ username: 'robot', password, server: registry.host })
  policy = {
    loopback_registries: [registry.url],
    allowed_secrets: [{ reference: 'login', registries: [registry.host] }],
  }
  changed = {}
  told = []
})
afterEach(() => registry[Symbol.asyncDispose]())

const inForce = (file: string, settings: object) => ({
  file,
  policy: NodePolicy.parse(settings),
  given: Object.keys(settings),
})

function parts(): InstallationParts {
  return {
    provider: 'local',
    authorities: null,
    readPolicy: async () => inForce('/etc/fairlead/policy.yaml', policy),
    openPlace: () => ({
      context: {},
      learn: async () => {},
      secrets: { read: async () => ({ login: parseLoginDocument(Buffer.from(document)).login, version: 'v7' }) },
    }),
    openRegistry: (inForce, onConnection) =>
      openRegistryClient(inForce, { onConnection, retry: { tries: 1, pauseMs: 1, patienceMs: 1 } }),
    engine,
    freeBytes: async () => 100 * gigabyte,
    dockerConfig: '/root/.docker/config.json',
    isConfined: async () => true,
    loadedPolicy: async () => null,
    dockerLogins: async () => [],
    doors: {
      lookAtDoors: async () => ({ seen: [], unfit: [], advice: [] }),
      keptLogins: async () => [],
    },
    lookAtStateDir: () => null,
    lookAtNode: async () => null,
    ...changed,
  }
}

async function doctor(image: string | null = `${registry.host}/team/app:v1`, secret: string | null = 'login') {
  const question = image === null ? null : { image, secret }
  const onSteps = (steps: DoctorReport['steps']) => {
    const running = steps.find(({ status }) => status === 'running')
    if (running) told.push(running.step)
  }
  const report = await examine(question, parts(), onSteps, new AbortController().signal)
  expect(JSON.stringify(report)).not.toContain(password)
  return report
}

const named = (report: DoctorReport, status: string, why: string | null = null) =>
  report.steps.filter((step) => step.status === status && step.skipped === why).map(({ step }) => step)
const codes = (report: DoctorReport) => report.warnings.map(({ code }) => code)
const stepOf = (report: DoctorReport, name: string) => report.steps.find(({ step }) => step === name)

describe('an image that this node can pull', () => {
  test('passes every step, each with its findings', async () => {
    const report = await doctor()
    expect(named(report, 'done')).toEqual(pathSteps)
    expect(named(report, 'skipped', 'not_needed')).toEqual(['tls', 'realm'])
    expect(firstProblem(report)).toBeNull()
    expect(codes(report)).toEqual([])
    expect(Object.fromEntries(report.steps.map(({ step, findings }) => [step, findings]))).toMatchObject({
      image: { name: `${registry.host}/team/app:v1` },
      secret: { version: 'v7' },
      match: { registry: registry.host, decision: 'authenticated' },
      challenge: { login: 'basic' },
      platform: { platform: 'linux/amd64' },
      disk: { free_bytes: 100 * gigabyte, already_here: false },
      docker: { version: '20.10.24', platform: 'linux/amd64' },
    })
  })

  test('is not pulled: no layer is requested, and the engine has nothing afterwards', async () => {
    await doctor()
    const config = sampleImage().blobs[0]?.length
    const blobs = registry.seen.filter(({ url }) => url.includes('/blobs/'))
    expect(config).toBeGreaterThan(0)
    expect(blobs).toHaveLength(1)
    expect([engine.images.size, engine.names.size]).toEqual([0, 0])
  })

  test('reports each step while it runs, with its time', async () => {
    const report = await doctor()
    expect(told).toEqual(expect.arrayContaining(['secret', 'reach', 'token', 'manifest', 'docker']))
    const timeless = report.steps.filter(({ status, durationMs }) => status === 'done' && durationMs === null)
    expect(timeless.map(({ step }) => step)).toEqual(['parse'])
  })

  test('skips the secret steps as not needed without a secret', async () => {
    registry.accepted = null
    const report = await doctor(`${registry.host}/team/app:v1`, null)
    expect(named(report, 'skipped', 'not_needed')).toEqual([
      'identity',
      'secret',
      'parse',
      'match',
      'tls',
      'realm',
      'token',
    ])
    expect(firstProblem(report)).toBeNull()
  })

  test('skips Docker as not needed on a checker', async () => {
    changed = { engine: null }
    const report = await doctor()
    expect(named(report, 'skipped', 'not_needed')).toEqual(['tls', 'realm', 'disk', 'docker', 'gateway'])
    expect(firstProblem(report)).toBeNull()
  })
})

/** Steps that still ran after the one that failed. */
interface Failure {
  readonly step: string
  readonly code: string
  readonly arrange: () => void
  readonly stillDone: readonly string[]
}

const after = ['docker', 'gateway']
const registryKnown = ['reach', 'challenge', ...after]

describe('each step fails once, with its one problem, and steps that do not depend on it still run', () => {
  const throws = (failure: Problem) => async () => {
    throw failure
  }
  const place = (broken: object) => {
    const whole = parts().openPlace(null)
    return { openPlace: () => ({ ...whole, ...broken }) }
  }
  const failures: Failure[] = [
    {
      step: 'policy',
      code: 'POLICY_UNSAFE',
      arrange: () => (changed = { readPolicy: throws(problem('POLICY_UNSAFE', { path: '/etc/x' })) }),
      stillDone: ['identity', ...after],
    },
    {
      step: 'image',
      code: 'REGISTRY_NOT_ALLOWED',
      arrange: () => (policy = { ...policy, allowed_registries: ['registry.example.com'] }),
      stillDone: ['identity', ...after],
    },
    {
      step: 'identity',
      code: 'NODE_IDENTITY_MISSING',
      arrange: () => (changed = place({ learn: throws(problem('NODE_IDENTITY_MISSING', { provider: 'aws' })) })),
      stillDone: registryKnown,
    },
    {
      step: 'secret',
      code: 'SECRET_NOT_FOUND',
      arrange: () =>
        (changed = place({ secrets: { read: throws(problem('SECRET_NOT_FOUND', { reference: 'login' })) } })),
      stillDone: registryKnown,
    },
    {
      step: 'secret',
      code: 'SECRET_NOT_ALLOWED_HERE',
      arrange: () => (policy = { ...policy, allowed_secrets: [] }),
      stillDone: registryKnown,
    },
    { step: 'parse', code: 'SECRET_NOT_JSON', arrange: () => (document = password), stillDone: registryKnown },
    {
      step: 'match',
      code: 'CREDENTIAL_SERVER_MISMATCH',
      arrange: () => (document = JSON.stringify({ username: 'robot', password, server: 'other.example.com' })),
      stillDone: registryKnown,
    },
    {
      step: 'reach',
      code: 'REGISTRY_ADDRESS_REFUSED',
      arrange: () => (policy = { ...policy, loopback_registries: [] }),
      stillDone: after,
    },
    {
      step: 'tls',
      code: 'REGISTRY_TLS_HANDSHAKE',
      arrange: () => (policy = { ...policy, loopback_registries: [`https://${registry.host}`] }),
      stillDone: ['reach', ...after],
    },
    {
      step: 'challenge',
      code: 'CHALLENGE_UNSUPPORTED',
      arrange: () => (registry.challenge = 'Negotiate'),
      stillDone: ['reach', ...after],
    },
    {
      step: 'realm',
      code: 'TOKEN_REALM_NOT_TRUSTED',
      arrange: () => (registry.challenge = 'Bearer realm="https://evil.example.com/token"'),
      stillDone: registryKnown,
    },
    {
      step: 'token',
      code: 'REGISTRY_LOGIN_REJECTED',
      arrange: () => (registry.accepted = new Set()),
      stillDone: registryKnown,
    },
    {
      step: 'manifest',
      code: 'IMAGE_NOT_FOUND',
      arrange: () => registry.manifests.clear(),
      stillDone: ['token', ...registryKnown],
    },
    {
      step: 'platform',
      code: 'IMAGE_PLATFORM_MISMATCH',
      arrange: () => (engine.arch = 'arm64'),
      stillDone: ['token', 'manifest', ...registryKnown],
    },
    {
      step: 'platform',
      code: 'ENGINE_CANNOT_UNPACK',
      arrange: () => registry.push('v1', sampleImage({}, 'zstd')),
      stillDone: ['token', 'manifest', ...registryKnown],
    },
    {
      step: 'disk',
      code: 'IMAGE_TOO_LARGE',
      arrange: () => (policy = { ...policy, max_image_bytes: 1000 }),
      stillDone: ['manifest', ...registryKnown],
    },
    {
      step: 'disk',
      code: 'NODE_DISK_FULL',
      arrange: () => (changed = { freeBytes: async () => 2 * gigabyte }),
      stillDone: ['manifest', 'platform', ...registryKnown],
    },
    {
      step: 'docker',
      code: 'ENGINE_UNREACHABLE',
      arrange: () => (engine.isReachable = false),
      stillDone: ['manifest', 'platform', 'reach', 'challenge'],
    },
    {
      step: 'gateway',
      code: 'ENGINE_CANNOT_REACH_GATEWAY',
      arrange: () => (engine.seesLoopback = false),
      stillDone: ['disk', 'docker', 'reach', 'challenge'],
    },
  ]

  test.each(failures)('$step: $code', async ({ step, code, arrange, stillDone }) => {
    arrange()
    const report = await doctor()
    expect(report.steps.filter(({ problem: found }) => found !== null)).toMatchObject([
      { step, status: 'failed', problem: { code } },
    ])
    expect(named(report, 'done')).toEqual(expect.arrayContaining([...stillDone]))
    expect(named(report, 'running')).toEqual([])
    expect(firstProblem(report)?.code).toBe(code)
  })

  test('a secret for another registry: its server is for the terminal, and no part of the login leaves the node', async () => {
    document = JSON.stringify({ username: 'robot', password, server: 'other.example.com\u001B[2J' })
    expect((await doctor()).serverOfSecret).toBeNull()
    document = JSON.stringify({ username: 'robot', password, server: 'other.example.com' })
    expect((await doctor()).serverOfSecret).toBe('other.example.com')
    expect(registry.authorizations()).toEqual([])
  })

  test('a refused realm is named, and receives no request', async () => {
    registry.challenge = 'Bearer realm="https://evil.example.com/token"'
    expect(stepOf(await doctor(), 'realm')?.findings).toEqual({ host: 'https://evil.example.com/token' })
    expect(registry.authorizations()).toEqual([])
  })

  test('a realm that appears late is reported under the realm step', async () => {
    registry.intercept = ({ url }, response) => url === '/v2/' && Boolean(response.writeHead(200).end('{}'))
    registry.challenge = 'Bearer realm="https://evil.example.com/token"'
    const report = await doctor()
    expect(named(report, 'failed')).toEqual(['realm'])
    expect(named(report, 'skipped', 'not_reached')).toEqual(['manifest', 'platform', 'disk'])
  })
})

describe('warnings', () => {
  test('for an image that pulls without a login, even if the secret cannot be read', async () => {
    registry.accepted = null
    expect(codes(await doctor())).toEqual(['LOGIN_NOT_NEEDED'])
    document = 'no json'
    expect(codes(await doctor())).toEqual(['LOGIN_NOT_NEEDED'])
  })

  test('for a login that the registry did not confirm, with a public image', async () => {
    registry.challenge = `Bearer realm="${registry.url}/token"`
    registry.accepted = null
    registry.intercept = ({ url = '' }, response) => {
      if (url.startsWith('/token')) return Boolean(response.writeHead(200).end('{"token":"nobody"}'))
      if (url !== '/v2/') return false
      return Boolean(response.writeHead(401, { 'www-authenticate': registry.challenge }).end('{}'))
    }
    expect(codes(await doctor())).toEqual(['LOGIN_UNPROVED'])
  })

  test('for a low rate budget, as reported with the manifest', async () => {
    const tell = (remaining: string) => {
      registry.intercept = ({ url = '' }, response) => {
        if (url.includes('/manifests/')) response.setHeader('ratelimit-remaining', remaining)
        return false
      }
    }
    tell('9;w=21600')
    expect((await doctor()).warnings).toMatchObject([
      { code: 'RATE_LIMIT_LOW', what: expect.stringMatching(/9 pulls left/) as string },
    ])
    tell('90;w=21600')
    expect(codes(await doctor())).toEqual([])
  })

  test('for a leftover of docker login for that host, and no other', async () => {
    changed = { dockerLogins: async () => ['https://index.docker.io/v1/', registry.host] }
    const { warnings } = await doctor()
    expect(warnings).toMatchObject([{ code: 'DOCKER_LOGIN_LEFT', fix: `Remove it: docker logout ${registry.host}` }])
  })

  test('S7: for a policy that names no pairs of secret and registry', async () => {
    policy = { loopback_registries: [registry.url] }
    expect(codes(await doctor())).toEqual(['ALLOWED_SECRETS_ABSENT'])
    policy = { ...policy, allowed_secrets: [{ reference: 'login' }] }
    expect(codes(await doctor())).toEqual(['ALLOWED_SECRETS_WITHOUT_REGISTRY'])
  })

  test('S14: on a cloud, for containers that reach the metadata service, with or without the owner’s permission, in one sentence each', async () => {
    changed = { provider: 'aws', isConfined: async () => false }
    policy = { ...policy, workload_metadata: 'allow' }
    const [byTheOwner, ...others] = (await doctor()).warnings
    expect(byTheOwner).toMatchObject({ code: 'WORKLOAD_METADATA_OPEN', what: expect.stringMatching(/file lets/) })
    expect(others).toEqual([])
    policy = { ...policy, workload_metadata: 'deny' }
    expect((await doctor()).warnings).toMatchObject([
      { code: 'WORKLOAD_METADATA_OPEN', what: expect.stringMatching(/not in effect/) },
    ])
    changed = { provider: 'aws', isConfined: async () => true }
    expect(codes(await doctor())).toEqual([])
  })

  test('for an image that may not fit once unpacked, but not for one already pulled', async () => {
    const bytes = sampleImage().blobs.reduce((sum, blob) => sum + blob.length, 0)
    changed = { freeBytes: async () => 2 * gigabyte + bytes + 1 }
    expect(codes(await doctor())).toEqual(['DISK_TIGHT'])
    const held = engine.image.bind(engine)
    engine.image = async (id) =>
      id.startsWith('sha256:') ? { id, os: 'linux', arch: 'amd64', variant: null, diffIds: [] } : held(id)
    changed = { freeBytes: async () => 2 * gigabyte }
    expect(stepOf(await doctor(), 'disk')).toMatchObject({ status: 'done', findings: { already_here: true } })
  })
})

describe('a running agent', () => {
  const running = (file: string, settings: object) => ({
    loadedPolicy: async () => loadedPolicy(inForce(file, settings)),
  })

  test.each([null, 'image'])('with the current settings of the file is not mentioned', async (asked) => {
    changed = running('/etc/fairlead/policy.yaml', policy)
    expect(codes(await doctor(asked === null ? null : undefined))).toEqual([])
  })

  test('with settings that differ from the file is reported, for an image and for the installation', async () => {
    changed = running('/etc/fairlead/policy.yaml', { ...policy, on_mismatch: 'anonymous' })
    for (const report of [await doctor(), await doctor(null)]) {
      expect(report.warnings).toMatchObject([
        {
          code: 'POLICY_NOT_LOADED',
          what: 'the running agent uses other settings than /etc/fairlead/policy.yaml has now, until it restarts',
          fix: 'Restart the agent; containers keep running: systemctl restart fairlead-agent',
        },
      ])
      expect(firstProblem(report)).toBeNull()
    }
  })

  test('with another file is reported with that file', async () => {
    changed = running('/srv/policy.yaml', {})
    expect((await doctor()).warnings).toMatchObject([
      {
        what: 'the running agent uses /srv/policy.yaml, which has other settings than /etc/fairlead/policy.yaml, which was checked',
        fix: 'Check the file that the agent uses: fairlead doctor --policy /srv/policy.yaml',
      },
    ])
  })
})

describe('the installation', () => {
  const joined = (now: Date | null) => ({
    lookAtStateDir: () => ({ path: '/var/lib/fairlead' }),
    lookAtNode: async () => ({
      findings: { name: 'node-1' },
      askControlPlane: async () => ({ host: 'fairlead.example.com', now }),
    }),
  })

  test('of a machine that has not joined is healthy', async () => {
    const report = await doctor(null)
    expect(named(report, 'done')).toEqual(['policy', 'identity', 'disk', 'docker', 'gateway'])
    expect(named(report, 'skipped', 'not_needed')).toEqual(['state', 'node', 'control', 'clock', 'doors'])
    expect(registry.seen).toEqual([])
  })

  test('of a node reports what it joined and compares the clocks', async () => {
    changed = joined(new Date(Date.now() + 400_000))
    const report = await doctor(null)
    expect(named(report, 'done')).toHaveLength(9)
    expect(stepOf(report, 'node')?.findings).toEqual({ name: 'node-1' })
    expect(report.warnings).toMatchObject([
      { code: 'CLOCK_OFF', what: expect.stringMatching(/400 seconds behind/) as string },
    ])
    changed = joined(new Date())
    expect(codes(await doctor(null))).toEqual([])
  })

  test('still shows the rest if a step fails', async () => {
    const unreachable = problem('CONTROL_PLANE_UNREACHABLE', { host: 'fairlead.example.com' })
    changed = {
      lookAtStateDir: () => null,
      lookAtNode: async () => ({ findings: {}, askControlPlane: () => Promise.reject(unreachable) }),
    }
    expect(named(await doctor(null), 'failed')).toEqual(['control'])
    changed = {
      lookAtStateDir: () => {
        throw problem('AGENT_STATE_UNREADABLE', { path: '/var/lib/fairlead', reason: 'others may write' })
      },
    }
    const report = await doctor(null)
    expect(named(report, 'failed')).toEqual(['state'])
    expect(named(report, 'skipped', 'not_reached')).toEqual(['node', 'control', 'clock'])
    expect(named(report, 'done')).toContain('gateway')
  })

  test('prints the policy in force, separating file from defaults, and never the password of a proxy', async () => {
    policy = { proxy: `http://robot:${password}@proxy.example.com:3128`, on_mismatch: 'fail' }
    const { policy: settings } = await doctor(null)
    expect(settings).toEqual(
      expect.arrayContaining([
        { name: 'proxy', value: 'http://***@proxy.example.com:3128', from: 'file' },
        { name: 'on_mismatch', value: 'fail', from: 'file' },
        { name: 'offline_start', value: 'allow', from: 'default' },
        { name: 'containers.network', value: 'host', from: 'default' },
      ]),
    )
  })

  test('reports any login that docker login left behind', async () => {
    changed = { dockerLogins: async () => ['a.example.com', 'b.example.com'] }
    expect((await doctor(null)).warnings).toMatchObject([
      { what: expect.stringMatching(/a\.example\.com and 1 more/) as string },
    ])
  })
})

test('a requested end stops the examination', async () => {
  const stop = new AbortController()
  stop.abort()
  await expect(examine(null, parts(), () => {}, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

test('a fault of our own is reported without its text', async () => {
  changed = { freeBytes: () => Promise.reject(new Error(password)) }
  expect(firstProblem(await doctor())?.code).toBe('INTERNAL')
})
