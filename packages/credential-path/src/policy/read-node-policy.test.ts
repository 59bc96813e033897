/** The node's own file: who may have written it, and what it may contain. */
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { parseImageReference, parseSecretReference } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NodePolicy } from './node-policy.ts'
import { parseNodePolicy, readNodePolicy, readPolicyInForce } from './read-node-policy.ts'
import { registryAllowed } from './registry-allowed.ts'
import { secretAllowed } from './secret-allowed.ts'
import { outcomeOf, refusalOf } from '../testing/refusals.ts'

const refused = (text: string) => refusalOf(() => parseNodePolicy(text, 'policy.yaml'))

describe('S7: the file of the node', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-policy-'))
    path = join(folder, 'policy.yaml')
    await writeFile(path, 'offline_start: forbid\n', { mode: 0o644 })
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('is read if only its owner may write it', async () => {
    expect(readNodePolicy(path).offline_start).toBe('forbid')
  })

  test('may be missing if none is named', () => {
    const standard = join(folder, 'nowhere.yaml')
    expect(readNodePolicy(null, { standard })).toEqual(NodePolicy.parse({}))
  })

  test('that was named but is missing is rejected, rather than meaning defaults', () => {
    const missing = join(folder, 'nowhere.yaml')
    expect(() => readNodePolicy(missing)).toThrow(expect.objectContaining({ code: 'POLICY_MISSING' }))
  })

  test('that the agent of this node had when it last started is rejected if it is gone, and may be empty instead', async () => {
    const standard = join(folder, 'nowhere.yaml')
    const before = { file: '/etc/fairlead/policy.yaml', exists: true, sha256: '0'.repeat(64) }
    expect(() => readNodePolicy(null, { standard, before })).toThrow(
      expect.objectContaining({
        code: 'POLICY_MISSING',
        facts: { path: standard, reason: 'the agent of this node started with /etc/fairlead/policy.yaml last' },
      }),
    )
    expect(readNodePolicy(null, { standard, before: { ...before, exists: false } })).toEqual(NodePolicy.parse({}))
    await writeFile(standard, '', { mode: 0o644 })
    expect(readNodePolicy(null, { standard, before })).toEqual(NodePolicy.parse({}))
  })

  test('is distinguished from defaults', async () => {
    expect(readPolicyInForce(path).given).toEqual(['offline_start'])
    await writeFile(path, 'containers: { gpus: all, network: ray }\nproxy: http://proxy:3128\n')
    expect(readPolicyInForce(path).given).toEqual(['containers.gpus', 'containers.network', 'proxy'])
    await writeFile(path, '# nothing yet\n')
    expect(readPolicyInForce(path).given).toEqual([])
    expect(readPolicyInForce(null, { standard: join(folder, 'nowhere.yaml') }).given).toBeNull()
  })

  test('may be a link to a safe file', async () => {
    await symlink(path, join(folder, 'link.yaml'))
    expect(readNodePolicy(join(folder, 'link.yaml')).offline_start).toBe('forbid')
  })

  test.each(['0664', '0646', '0666'])('of mode %s is rejected', async (mode) => {
    await chmod(path, mode)
    expect(() => readNodePolicy(path)).toThrow(expect.objectContaining({ code: 'POLICY_UNSAFE' }))
  })

  test('that is too large is reported with its size and the limit, and is not read', async () => {
    await truncate(path, 2 ** 30)
    expect(() => readNodePolicy(path)).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        facts: { path, reason: 'it has 1,073,741,824 bytes, and no more than 1,048,576 are read' },
      }),
    )
  })

  test('that is a folder or a pipe is rejected, and no pipe blocks the start', () => {
    const pipe = join(folder, 'pipe.yaml')
    execFileSync('mkfifo', ['-m', '0644', pipe])
    for (const other of [folder, pipe]) {
      expect(() => readNodePolicy(other)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
    }
  })
})

describe('the content of the file', () => {
  test('means the defaults if it is empty: nothing is widened', () => {
    expect(parseNodePolicy('# nothing\n', 'policy.yaml')).toEqual({
      trusted_realms: [],
      loopback_registries: [],
      loopback_users: [],
      plain_http_registries: [],
      registry_ca: {},
      secret_manager_ca: null,
      proxy: null,
      allowed_registries: null,
      allowed_secrets: null,
      doors: {},
      door_port: 7464,
      on_mismatch: 'fail',
      offline_start: 'allow',
      workload_metadata: 'deny',
      share_logs: false,
      containers: { network: 'host', gpus: null, shm_size: null, ulimits: {}, mounts: [] },
      max_image_bytes: 200 * 1024 ** 3,
      disk_reserve_bytes: 2 * 1024 ** 3,
    })
  })

  test.each([
    ['trusted_realm: []', 'trusted_realm', 'there is no such field; did you mean trusted_realms?'],
    ['allowed_secret: []', 'allowed_secret', 'there is no such field; did you mean allowed_secrets?'],
    ['gpu_memory: 1', 'gpu_memory', 'there is no such field'],
    [
      'trusted_realms: [{registry: a.example.com, realm: "https://b.example.com/t", extra: 1}]',
      'trusted_realms[0].extra',
      'there is no such field',
    ],
    ['on_mismatch: ignore', 'on_mismatch', 'it must be one of fail, anonymous'],
    ['loopback_registries: http://127.0.0.1:5000', 'loopback_registries', 'it must be an array'],
    [
      'loopback_registries: ["127.0.0.1:5000"]',
      'loopback_registries[0]',
      'it is not scheme://host:port, such as http://127.0.0.1:5000',
    ],
    [
      'loopback_registries: ["http://127.0.0.1:5000/"]',
      'loopback_registries[0]',
      'it is not scheme://host:port, such as http://127.0.0.1:5000',
    ],
    [
      'trusted_realms: [{registry: a.example.com, realm: "http://b.example.com/t"}]',
      'trusted_realms[0].realm',
      'it is not an https URL without a query (http is for loopback)',
    ],
    ['plain_http_registries: [localhost:5000]', 'plain_http_registries[0]', 'it is not host[:port] of another machine'],
    ['plain_http_registries: [docker.io]', 'plain_http_registries[0]', 'it is not host[:port] of another machine'],
    ['registry_ca: {"https://a.example.com": /ca.pem}', 'registry_ca.https://a.example.com', 'it is not host[:port]'],
    ['allowed_registries: ["*.example.com"]', 'allowed_registries[0]', 'it is neither host nor host/path'],
    [
      'allowed_secrets: [{reference: team/, registries: ["r.example.com", "*.example.com"]}]',
      'allowed_secrets[0].registries',
      'one is not host[:port]',
    ],
    ['doors: {"*.example.com": login}', 'doors.*.example.com', 'it is neither host[:port] nor host[:port]/path'],
    ['doors: {"[::1]:5000": login}', 'doors.[::1]:5000', 'it is neither host[:port] nor host[:port]/path'],
    [
      'doors: {docker.io/team: a, registry-1.docker.io/team: b}',
      'doors.registry-1.docker.io/team',
      'the same place is there twice',
    ],
    ['door_port: 0', 'door_port', 'it is out of bounds'],
    ['proxy: proxy.example.com:3128', 'proxy', 'it is not http(s)://[user:password@]host:port'],
    ['max_image_bytes: -1', 'max_image_bytes', 'it is out of bounds'],
    [
      'offline_start: allow\noffline_start: forbid',
      'policy.yaml',
      'it has the same key a second time at line 2, column 1',
    ],
    ['a: [', 'policy.yaml', 'it is not valid YAML at line 1, column 5'],
    ['- a\n- b', 'policy.yaml', 'it must be a map'],
    ['x: &a [1]\ny: *a', 'policy.yaml', 'it has aliases'],
  ])('is rejected with its position for %j', (text, path, reason) => {
    const found = refused(text)
    expect(found).toMatchObject({ code: 'POLICY_INVALID', facts: { path, reason } })
  })

  test.each(['team/*', 'Team', 'team//app', 'team/app:1', 'team/app@sha256:0', '/'])(
    'is rejected if allowed_registries has the path %j, which cannot begin the name of any image',
    (path) => {
      const found = refused(`allowed_registries: [r.example.com, "r.example.com/${path}"]`)
      const facts = { path: 'allowed_registries[1]', reason: 'it is neither host nor host/path' }
      expect(found).toMatchObject({ code: 'POLICY_INVALID', facts })
    },
  )

  test('is not repeated in a rejection if it is a password where a door names its secret', () => {
    const found = refused('doors: {r.example.com: dckr_pat_canary-77ab}')
    expect(found).toMatchObject({ code: 'POLICY_INVALID', facts: { path: 'doors.r.example.com' } })
    expect(inspect(found, { depth: null, showHidden: true })).not.toContain('canary-77ab')
  })

  test('is not repeated in a rejection if it is the password of a proxy', () => {
    const found = refused('proxy: "http://user:canary-81c2@bad host"\non_mismatch: x')
    expect(inspect(found, { depth: null, showHidden: true })).not.toContain('canary-81c2')
    expect(parseNodePolicy('proxy: "http://user:pass@proxy.example.com:3128"', 'p').proxy).toContain(
      'proxy.example.com',
    )
  })

  test('S9: is a policy or a problem for any text', () => {
    const part = fc.constantFrom(
      'trusted_realms',
      ':',
      ' ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      '"',
      '&a',
      '*a',
      '!!js/function',
      '1',
      'null',
      '%',
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: part })), (text) => {
        expect(outcomeOf(() => parseNodePolicy(text, 'policy.yaml'))).toBeOneOf(['read', 'POLICY_INVALID'])
      }),
    )
  })
})

describe('what the file allows', () => {
  test.each([
    ['registry.example.com/team/app', true],
    ['registry.example.com:443/team/app', true],
    ['registry.example.com/teams/app', false],
    ['registry.example.com/other/app', false],
    ['registry.example.com:5000/team/app', false],
    ['a.registry.example.com/team/app', false],
    ['ubuntu', true],
    ['index.docker.io/library/ubuntu', true],
    ['ghcr.io/x/y', false],
  ])('allowed_registries: %s is %s', (image, allowed) => {
    const policy = { allowed_registries: ['registry.example.com/team', 'docker.io'] }
    expect(registryAllowed(policy, parseImageReference(image))).toBe(allowed)
  })

  test.each([
    // An Artifactory or Nexus repository by its path: not one whose name has the same prefix, nor other ports of the same host.
    ['artifactory.example.com/docker-local', 'artifactory.example.com/docker-local/team/app', true],
    ['artifactory.example.com/docker-local/', 'artifactory.example.com/docker-local/team/app', true],
    ['artifactory.example.com/docker-local', 'artifactory.example.com/docker-local-2/team/app', false],
    ['artifactory.example.com/docker-local', 'artifactory.example.com/docker/local/app', false],
    ['artifactory.example.com/docker-local', 'artifactory.example.com:5001/docker-local/app', false],
    // By subdomain.
    ['docker-local.artifactory.example.com', 'docker-local.artifactory.example.com/team/app', true],
    ['docker-local.artifactory.example.com', 'artifactory.example.com/team/app', false],
    ['artifactory.example.com', 'docker-local.artifactory.example.com/team/app', false],
    // By port.
    ['artifactory.example.com:5001', 'artifactory.example.com:5001/team/app', true],
    ['artifactory.example.com:5001', 'artifactory.example.com:5002/team/app', false],
    ['artifactory.example.com', 'artifactory.example.com:5001/team/app', false],
    ['docker.io/example', 'example/app', true],
    ['docker.io/example', 'library/app', false],
    ['Artifactory.Example.com/docker-local', 'artifactory.example.com/docker-local/team/app', true],
  ])('allowed_registries: [%s] has %s: %s', (entry, image, allowed) => {
    const { allowed_registries } = parseNodePolicy(JSON.stringify({ allowed_registries: [entry] }), 'policy.yaml')
    expect(registryAllowed({ allowed_registries }, parseImageReference(image))).toBe(allowed)
  })

  test('S13: allowed_secrets names pairs of secret and registry', () => {
    const context = { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' } as const
    const policy = {
      allowed_secrets: [{ reference: 'team/', registries: ['registry.example.com'] }, { reference: 'any' }],
    }
    const allowed = (name: string, registry: string) =>
      secretAllowed(policy, parseSecretReference('aws', name, context), registry, context)
    expect(allowed('team/registry', 'registry.example.com')).toBe(true)
    expect(allowed('team/registry', 'evil.example.com')).toBe(false)
    expect(allowed('teamwork', 'registry.example.com')).toBe(false)
    expect(allowed('any', 'evil.example.com')).toBe(true)
    expect(
      secretAllowed({ allowed_secrets: null }, parseSecretReference('aws', 'x', context), 'x.example.com', context),
    ).toBe(true)
  })
})
