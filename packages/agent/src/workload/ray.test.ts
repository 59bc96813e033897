/** Ray's command lines and answers. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sizeInBytes } from './container-options.ts'
import {
  headAddress,
  parseRayNodes,
  parseRayVersion,
  rayCommand,
  rayNodesCommands,
  rayTokenFile,
  workloadEnv,
} from './ray.ts'
import { sampleWorkload } from '../testing/sample-workload.ts'

const workload = sampleWorkload({ role: 'worker', head_address: '10.77.0.11:6379', node_count: 2 })

describe('command lines', () => {
  test('a worker joins its head, always with the address of its node', () => {
    expect(rayCommand(workload, '10.77.0.12').join(' ')).toBe(
      'ray start --address 10.77.0.11:6379 --node-ip-address 10.77.0.12 --disable-usage-stats --block',
    )
  })

  test('an IPv6 address is bare for Ray, and bracketed before a port', () => {
    expect(rayCommand(workload, '[fd00::1]')).toContain('fd00::1')
    expect(headAddress('fd00::1')).toBe('[fd00::1]:6379')
    expect(headAddress('[fd00::1]')).toBe('[fd00::1]:6379')
  })

  test('every node asks the head for the list of nodes', () => {
    expect(rayNodesCommands(workload, '10.77.0.12')[0]?.slice(3)).toEqual(['10.77.0.11:6379', '10.77.0.12'])
    expect(rayNodesCommands({ ...workload, role: 'head' }, '10.77.0.11')[1]?.slice(3)).toEqual([
      '10.77.0.11:6379',
      '10.77.0.11',
    ])
  })

  test.each([
    ['its dashboard', 'RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT'],
    ['the server of a client', 'RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S'],
  ])('a head gives %s time, unless the user says otherwise', (_, name) => {
    const place = { nodeId: 'n', cloudId: 'c' }
    expect(workloadEnv({ ...workload, role: 'head' }, place)[name]).toBe('120')
    expect(workloadEnv({ ...workload, role: 'head', env_vars: { [name]: '7' } }, place)[name]).toBe('7')
  })

  test.each(['head', 'worker'] as const)(
    'a %s gives the agent of its raylet time, unless the user says otherwise',
    (role) => {
      const place = { nodeId: 'n', cloudId: 'c' }
      const name = 'RAY_agent_register_timeout_ms'
      expect(workloadEnv({ ...workload, role }, place)[name]).toBe('120000')
      expect(workloadEnv({ ...workload, role, env_vars: { [name]: '7' } }, place)[name]).toBe('7')
    },
  )

  test('the user cannot forge the identity of the node', () => {
    const env = workloadEnv(
      { ...workload, env_vars: { FAIRLEAD_CLOUD_ID: 'x', A: '1' } },
      { nodeId: 'n', cloudId: 'c' },
    )
    expect(env).toMatchObject({
      A: '1',
      FAIRLEAD_CLOUD_ID: 'c',
      FAIRLEAD_NODE_ID: 'n',
      FAIRLEAD_CLUSTER_ID: workload.cluster_id,
    })
  })
})

describe('the token that Ray asks for', () => {
  const place = { nodeId: 'n', cloudId: 'c' }
  const ray_token = `frt_${'A'.repeat(43)}`

  test('is in a file named by the environment, and not in the environment or on the command line', () => {
    const ordered = { ...workload, ray_token }
    const file = rayTokenFile(ordered)
    expect(file).toMatchObject({ content: `${ray_token}\n`, mode: 0o444 })
    const env = workloadEnv(ordered, place)
    expect(env).toMatchObject({ RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN_PATH: file?.path })
    expect(JSON.stringify([env, rayCommand(ordered, '10.77.0.12')])).not.toContain(ray_token)
  })

  test('is not disabled or replaced by env vars of an environment older than the reservation of these names', () => {
    const env_vars = { RAY_AUTH_MODE: 'disabled', RAY_AUTH_TOKEN: 'known', RAY_AUTH_TOKEN_PATH: '/known' }
    const env = workloadEnv({ ...workload, ray_token, env_vars }, place)
    expect(env).toMatchObject({ RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: '' })
    expect(env['RAY_AUTH_TOKEN_PATH']).toBe(rayTokenFile({ ...workload, ray_token })?.path)
  })

  test('is not mentioned if there is none', () => {
    expect(rayTokenFile(workload)).toBeNull()
    expect(Object.keys(workloadEnv(workload, place)).filter((name) => name.startsWith('RAY_AUTH'))).toEqual([])
  })
})

describe('answers', () => {
  test.each([
    ['ray, version 2.55.1\n', '2.55.1'],
    ['a warning first\nray, version 3.0.0.dev0\r\n', '3.0.0.dev0'],
    ['ray, version ', null],
    ['xray, version 2.0.0', null],
    ['', null],
  ])('ray --version %j is %j', (stdout, expected) => {
    expect(parseRayVersion(stdout)).toBe(expected)
  })

  test.each([
    ['fairlead: alive=2 here=1\n', { alive: 2, here: true }],
    ['noise\nfairlead: alive=0 here=0', { alive: 0, here: false }],
    ['fairlead: alive=-1 here=1', null],
    ['fairlead: alive=2', null],
    ['Traceback', null],
  ])('the nodes in %j are %j', (stdout, expected) => {
    expect(parseRayNodes(stdout)).toEqual(expected)
  })

  test('no output of an image makes either of them throw or lets other characters through', () => {
    fc.assert(
      fc.property(fc.string(), (stdout) => {
        expect(parseRayVersion(stdout) ?? '1').toMatch(/^[A-Za-z0-9.+_-]{1,64}$/)
        expect(parseRayNodes(stdout)?.alive ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

test.each([
  [1024, 1024],
  ['64', 64],
  ['1k', 1024],
  ['512M', 512 * 1024 ** 2],
  ['2g', 2 * 1024 ** 3],
])('a size of %j is %d bytes', (size, bytes) => {
  expect(sizeInBytes(size)).toBe(bytes)
})
