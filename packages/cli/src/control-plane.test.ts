/** The commands against a real control plane in this process. */
import { AuditAct } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ScriptedShell } from './scripted-context.ts'

const hour = 3_600_000

const page = [
  'docker_image: registry.example.com/my-image:tag',
  'ray_version: 2.10 # Replace this with the version of Ray in your image',
  'env_vars: # Optionally, specify environment variables',
  '  MY_VAR: value',
  'registry_login_secret: mysecretid',
].join('\n')

let controlPlane: ControlPlane
let shell: ScriptedShell

beforeAll(async () => {
  shell = new ScriptedShell()
  shell.write('my_cluster_env.yaml', page)
  controlPlane = await startControlPlane({
    listen: '127.0.0.1:0',
    dataDir: join(shell.folder, 'data'),
    logLevel: 'silent',
  })
  const ran = await shell.run(['login', '--host', controlPlane.origin], { input: controlPlane.adminToken ?? '' })
  expect(ran.status).toBe(0)
})

afterAll(async () => {
  await controlPlane.close()
  shell[Symbol.dispose]()
})

async function json(args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await shell.run([...args, '--json'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, unknown>
}

async function refusal(args: readonly string[]) {
  const { status, stdout, stderr } = await shell.run([...args, '--json'])
  expect(stdout).toBe('')
  return { ...(JSON.parse(stderr) as { code: string }), status }
}

describe('before anything exists', () => {
  test.each([
    [['cloud', 'list'], 'fairlead cloud create'],
    [['cluster-env', 'list'], 'fairlead cluster-env build'],
    [['cluster', 'list'], 'fairlead cluster start'],
    [['node', 'list'], 'fairlead node join-token'],
    [['pulls', 'list'], 'No pulls yet.'],
    [['pulls', 'list', '--code', 'IMAGE_NOT_FOUND'], 'No pulls match.'],
  ])('%j names the next command', async (args, next) => {
    const { status, stdout } = await shell.run(args)
    expect(status).toBe(0)
    expect(stdout).toContain(next)
    expect(await json(args)).toEqual({ results: [], metadata: { next_paging_token: null } })
  })

  test('a build has no cloud to go to', async () => {
    expect(await refusal(['cluster-env', 'build', 'my_cluster_env.yaml'])).toMatchObject({
      status: 5,
      code: 'CLOUD_MISSING',
    })
  })
})

describe('from a cloud to a cluster', () => {
  test('a secret must be granted before it is named', async () => {
    await json(['cloud', 'create', '-n', 'lab', '--provider', 'local'])
    const build = ['cluster-env', 'build', '-n', 'my-env', 'my_cluster_env.yaml']
    expect(await refusal(build)).toMatchObject({ status: 3, code: 'REFERENCE_NOT_ALLOWED' })
    const grant = await json(['cloud', 'grant', 'mysecretid', '--registry', 'registry.example.com'])
    expect(grant).toMatchObject({ reference: 'mysecretid', match: 'exact', registries: ['registry.example.com'] })
    expect((await shell.run(['cloud', 'grant', '--list'])).stdout).toContain('mysecretid')
  })

  test('a build without a node is registered but not checked yet', async () => {
    const ran = await shell.run(['cluster-env', 'build', '-n', 'my-env', 'my_cluster_env.yaml'])
    expect(ran.status).toBe(0)
    expect(ran.stdout).toContain('Registering and checking my-env\n')
    expect(ran.stdout).toContain('my-env:1 is registered, not checked yet: no node of cloud lab is online\n')
    const required = await refusal(['cluster-env', 'build', 'my_cluster_env.yaml', '-n', 'my-env', '--require-check'])
    expect(required).toMatchObject({ status: 1, code: 'CHECK_PENDING' })
  })

  test('stores what was typed', async () => {
    expect(await json(['cluster-env', 'get', 'my-env:1'])).toMatchObject({
      revision: 1,
      ray_version: '2.10',
      env_vars: { MY_VAR: 'value' },
      registry_login_secret: 'mysecretid',
      status: 'pending',
    })
    expect((await shell.run(['cluster-env', 'get', 'my-env'])).stdout).toContain('my-env:2\n')
    expect((await shell.run(['cluster-env', 'list', '-n', 'my-env'])).stdout).toContain('my-env:1')
  })

  test('uses the name of the file when none is given', async () => {
    expect(await json(['cluster-env', 'build', 'my_cluster_env.yaml'])).toMatchObject({ revision: 1 })
    expect(await json(['cluster-env', 'get', 'my_cluster_env'])).toMatchObject({ revision: 1 })
  })

  test('a cluster waits for nodes, says why, and can be terminated', async () => {
    const start = ['cluster', 'start', '-n', 'train', '--env', 'my-env:1', '--workers', '1']
    const ran = await shell.run([...start, '--timeout', '1'])
    expect(ran.status).toBe(1)
    expect(ran.stdout).toContain('AwaitingStartup (free nodes: 0; the cluster needs 2): Join more nodes')
    expect(ran.stderr).toContain('(TIMED_OUT)')
    expect(await json([...start, '--no-wait'])).toMatchObject({ state: 'AwaitingStartup', worker_count: 1 })
    expect((await shell.run(['cluster', 'status', '-n', 'train'])).stdout).toContain('AwaitingStartup')
    expect(await json(['cluster', 'terminate', '-n', 'train'])).toMatchObject({ state: 'Terminated' })
  })

  test('a stopped cluster has nothing to connect to, and says so', async () => {
    expect(await refusal(['cluster', 'connect', '-n', 'train', '--', 'python'])).toMatchObject({
      status: 5,
      code: 'CLUSTER_NOT_RUNNING',
    })
  })

  test('Ctrl-C leaves the start running, and says how to see it again', async () => {
    const { Interrupted } = await import('./context.ts')
    const controller = new AbortController()
    const running = shell.run(['cluster', 'start', '-n', 'train'], { signal: controller.signal })
    const isOrdered = async () => (await shell.run(['cluster', 'status', '-n', 'train', '--json'])).stdout
    await expect.poll(isOrdered, { timeout: 20_000 }).toContain('AwaitingStartup')
    // By then its answer is on the way, and it waits.
    setTimeout(() => controller.abort(new Interrupted()), 400)
    const ran = await running
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('continues without this terminal')
    expect(ran.stderr).toContain('fairlead cluster status -n train --watch')
    expect(await json(['cluster', 'status', '-n', 'train'])).toMatchObject({ state: 'AwaitingStartup' })
    await json(['cluster', 'terminate', '-n', 'train'])
  })

  test('an archived environment starts no cluster', async () => {
    await json(['cluster-env', 'archive', '-n', 'my_cluster_env'])
    const start = ['cluster', 'start', '-n', 'other', '--env', 'my_cluster_env']
    expect(await refusal(start)).toMatchObject({ status: 5, code: 'CLUSTER_ENV_ARCHIVED' })
  })

  test('shows a join token with the command that takes it', async () => {
    const ran = await shell.run(['node', 'join-token'])
    expect(ran.stdout).toMatch(/^fjt_\S+$/m)
    expect(ran.stdout).toContain('fairlead agent join --host ')
  })
})

describe('lists', () => {
  test('lists pulls by the build that was checked or started', async () => {
    const { stdout } = await shell.run(['pulls', 'list', '--build', 'my-env:1'])
    expect(stdout).toContain('No pulls match.')
    const { id } = await json(['cluster-env', 'get', 'my-env:1'])
    expect(await json(['pulls', 'list', '--build', String(id)])).toMatchObject({ results: [] })
    expect(await refusal(['pulls', 'list', '--build', 'my-env:99'])).toMatchObject({ code: 'BUILD_NOT_FOUND' })
    expect(await refusal(['pulls', 'list', '--build', 'nope'])).toMatchObject({ code: 'CLUSTER_ENV_NOT_FOUND' })
  })
})

describe('a cloud', () => {
  test('says which role its nodes need, is edited and deleted', async () => {
    const made = await json([
      'cloud',
      'create',
      'short',
      '--provider',
      'aws',
      '--account-id',
      '1'.repeat(12),
      '--region',
      'us-west-2',
    ])
    expect(made).toMatchObject({ node_role: `${String(made['id'])}-cluster_node_role` })
    const edited = await json([
      'cloud',
      'edit',
      'short',
      '--new-name',
      'long',
      '--region',
      'eu-west-1',
      '--allow-any-secret',
    ])
    expect(edited).toMatchObject({ id: made['id'], name: 'long', region: 'eu-west-1', allow_any_secret: true })
    expect(await json(['cloud', 'edit', 'long', '--no-allow-any-secret'])).toMatchObject({ allow_any_secret: false })
    expect((await shell.run(['cloud', 'edit', 'long'])).stderr).toContain('say what to change')
    expect(await json(['cloud', 'delete', '-n', 'long'])).toMatchObject({ id: made['id'] })
    expect(await refusal(['cloud', 'delete', 'long'])).toMatchObject({ status: 5, code: 'CLOUD_NOT_FOUND' })
    const used = await shell.run(['cloud', 'delete', 'lab'])
    expect(used.stderr).toContain('the cloud lab still has 1 environment (')
  })
})

describe('names', () => {
  test('may come as NAME or with -n', async () => {
    expect(await refusal(['cloud', 'create', 'lab', '--provider', 'local'])).toMatchObject({ code: 'NAME_IN_USE' })
    for (const args of [['my-env'], ['-n', 'my-env'], ['my-env', '-n', 'my-env']]) {
      expect((await shell.run(['cluster-env', 'list', ...args])).stdout).toContain('my-env:1')
      expect(await json(['cluster-env', 'get', ...args])).toMatchObject({ revision: 2 })
    }
    for (const args of [['train'], ['-n', 'train']]) {
      expect(await json(['cluster', 'status', ...args])).toMatchObject({ name: 'train' })
    }
    await json(['token', 'create', 'by-name', '--role', 'viewer'])
    expect((await shell.run(['token', 'revoke', '-n', 'by-name'])).status).toBe(0)
  })

  test.each([
    [['cluster', 'status', 'tr'], ['train']],
    [['cluster', 'status', '-n', 'tr'], ['train']],
    [['cluster', 'start', 'new', '--env', 'my'], ['my-env']],
    [['node', 'list', '--cloud-name', 'la'], ['lab']],
    [['pulls', 'list', '--build', 'my-e'], ['my-env']],
    [['token', 'revoke', 'first'], ['first-admin']],
  ])('completes %j to %j', async (words, names) => {
    const complete = async () => {
      const { status, stdout, stderr } = await shell.run(['complete', '--', ...words])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      return [...stdout.matchAll(/^([^\t\n]+)\t/gm)].map(([, name]) => name)
    }
    // A shell waits a second for names; a busy machine may need another try.
    await expect.poll(complete, { timeout: 20_000 }).toEqual(names)
  })

  test.each([
    { FAIRLEAD_HOST: 'http://127.0.0.1:9', FAIRLEAD_TOKEN: 'flt_x' },
    { FAIRLEAD_HOST: 'no host at all' },
    { FAIRLEAD_HOST: 'https://nobody.example' },
  ])('with %j proposes none, and prints nothing', async (env) => {
    expect(await shell.run(['complete', '--', 'cluster', 'status', 't'], { env })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })
})

describe('identity and versions', () => {
  test('whoami shows the control plane, the token, its role and its limits', async () => {
    const { stdout } = await shell.run(['whoami'])
    expect(stdout).toMatch(
      /^ +control plane +http:\/\/127\.0\.0\.1:\d+\n +token +first-admin\n +role +admin\n +clouds +all\n/,
    )
    expect(stdout).not.toContain(controlPlane.adminToken)
    expect(await json(['whoami'])).toMatchObject({ origin: controlPlane.origin, name: 'first-admin', cloud_ids: null })
    const limited = await json(['token', 'create', 'limited', '--role', 'viewer', '--cloud-name', 'lab'])
    const env = { FAIRLEAD_TOKEN: String(limited['token']) }
    expect((await shell.run(['whoami'], { env })).stdout).toMatch(/clouds +lab\n +kept in +FAIRLEAD_TOKEN\n/)
  })

  test('version shows both sides, or only this one without a control plane', async () => {
    const { stdout, stderr } = await shell.run(['version'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^client {2}(\S+)\nserver {2}\1 at http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(await json(['version'])).toMatchObject({ server: { origin: controlPlane.origin } })
    using alone = new ScriptedShell()
    expect(await alone.run(['version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^client {2}\S+\n$/) as string,
    })
    const unreachable = await alone.run(['version', '--host', 'http://127.0.0.1:9'])
    expect(unreachable.status).toBe(7)
    expect(unreachable.stdout).toMatch(/^client {2}\S+\n$/)
  })

  test('reports API errors in terms of flags', async () => {
    const { stderr } = await shell.run(['cloud', 'create', 'far-away', '--provider', 'aws', '--region', 'us-west-2'])
    expect(stderr).toContain(
      '  --account-id: needed to verify a machine that joins by cloud identity; or set `--join token`\n',
    )
  })
})

describe('a machine', () => {
  test('joins with a token from standard input, once, and knows its identity', async () => {
    const { token } = await json(['node', 'join-token'])
    const join = ['agent', 'join', '--host', controlPlane.origin, '--name', 'n1', '--checker', '--state-dir', 'n1']
    const ran = await shell.run(join, { input: `${String(token)}\n` })
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain(`This machine is now node n1 of ${controlPlane.origin}`)
    expect(await json(['agent', 'status', '--state-dir', 'n1'])).toMatchObject({
      name: 'n1',
      checker: true,
      running: false,
    })
    expect((await shell.run(['node', 'list'])).stdout).toContain('checker')
    const known = (await shell.run(['node', 'status', 'n1'])).stdout
    expect(known).toMatch(/node +n1 \(a checker\)\n/)
    expect(known).toMatch(/joined +\d+ (?:s|min) ago, with a token\n/)

    const again = await shell.run([...join.slice(0, -1), 'n2'], { input: String(token) })
    expect(again.status).toBe(6)
    expect(again.stderr).toContain('(JOIN_TOKEN_USED)')
  })

  test('nodes are listed by state', async () => {
    const namesIn = async (...state: string[]) => {
      const { results } = await json(['node', 'list', '--state', ...state])
      return (results as readonly { name: string }[]).map(({ name }) => name)
    }
    const { token } = await json(['node', 'join-token'])
    const join = ['agent', 'join', '--host', controlPlane.origin, '--name', 'gone', '--state-dir', 'gone']
    expect((await shell.run(join, { input: String(token) })).status).toBe(0)
    await json(['node', 'revoke', 'gone'])
    expect(await namesIn('online')).toEqual(['n1'])
    expect(await namesIn('revoked')).toEqual(['gone'])
    expect(await namesIn('lost')).toEqual([])
    expect((await shell.run(['node', 'list', '--state', 'lost'])).stdout).toBe('No node is lost.\n')
    expect(await shell.run(['node', 'list', '--state', 'asleep'])).toMatchObject({ status: 2, stdout: '' })
  })

  test.each([
    [['login'], 'fairlead login --help'],
    [['agent', 'join', '--provider', 'local'], 'fairlead agent join --help'],
  ])('%j without a token says that none was given', async (args, help) => {
    const ran = await shell.run([...args, '--host', controlPlane.origin], { input: '\n' })
    expect(ran).toMatchObject({ status: 2, stdout: '' })
    expect(ran.stderr).toContain('no token: give it')
    expect(ran.stderr).toContain(help)
  })

  test('rejects a token file that others can read', async () => {
    const path = shell.write('token', 'fjt_x')
    chmodSync(path, 0o644)
    const ran = await shell.run([
      'agent',
      'join',
      '--host',
      controlPlane.origin,
      '--token-file',
      'token',
      '--state-dir',
      'n3',
    ])
    expect(ran.status).toBe(4)
    expect(ran.stderr).toContain('others can read it')
  })

  test('that has not joined says so', async () => {
    const ran = await shell.run(['agent', 'status', '--state-dir', 'nowhere'])
    expect(ran.status).toBe(5)
    expect(ran.stderr).toContain('(AGENT_NOT_JOINED)')
    expect((await shell.run(['agent', 'logs', '--state-dir', 'nowhere'])).stdout).toBe(
      'No container has failed on this node.\n',
    )
  })
})

describe('watching', () => {
  test('prints a cluster once per change until it settles, each as one line of JSON', async () => {
    await json(['cluster', 'start', '-n', 'train', '--no-wait'])
    setTimeout(() => void shell.run(['cluster', 'terminate', '-n', 'train']), 500)
    const ran = await shell.run(['cluster', 'status', '-n', 'train', '--watch', '--json'])
    expect(ran.status).toBe(0)
    const states = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: string }).state)
    expect(states[0]).toBe('AwaitingStartup')
    expect(states.at(-1)).toBe('Terminated')
  })
})

describe('missing things', () => {
  test.each([
    [['cluster', 'status', '-n', 'nope'], 'CLUSTER_NOT_FOUND'],
    [['cluster', 'start', '-n', 'nope', '--env', 'nope'], 'CLUSTER_ENV_NOT_FOUND'],
    [['cluster-env', 'get', 'nope'], 'CLUSTER_ENV_NOT_FOUND'],
    [['cluster-env', 'get', 'my-env:99'], 'BUILD_NOT_FOUND'],
    [['cluster-env', 'archive', '-n', 'nope'], 'CLUSTER_ENV_NOT_FOUND'],
    [['node', 'revoke', 'nope'], 'NODE_NOT_FOUND'],
    [['node', 'status', 'nope'], 'NODE_NOT_FOUND'],
    [['pulls', 'show', `pull_${'0'.repeat(26)}`], 'PULL_NOT_FOUND'],
    [['token', 'revoke', 'nope'], 'TOKEN_NOT_FOUND'],
    [['node', 'join-token', '--cloud-name', 'nope'], 'CLOUD_NOT_FOUND'],
  ])('%j is %s, exit 5', async (args, code) => {
    expect(await refusal(args)).toMatchObject({ status: 5, code })
  })

  test('a policy is for the cloud of the build, even if there are several; the list shows the role of its nodes', async () => {
    const { id } = await json([
      'cloud',
      'create',
      '-n',
      'far',
      '--provider',
      'aws',
      '--account-id',
      '111122223333',
      '--region',
      'us-west-2',
    ])
    await json(['cloud', 'grant', 'mysecretid', '--cloud-name', 'far', '--registry', 'registry.example.com'])
    await json(['cluster-env', 'build', 'my_cluster_env.yaml', '-n', 'far-env', '--cloud-name', 'far', '--no-wait'])
    const role = `${String(id)}-cluster_node_role`
    expect(await json(['policy', '--cluster-env', 'far-env'])).toMatchObject({
      role_arn: expect.stringContaining(role) as string,
    })
    expect(await refusal(['policy', '--cluster-env', 'far-env:9'])).toMatchObject({ code: 'BUILD_NOT_FOUND' })
    expect((await shell.run(['cloud', 'list'])).stdout).toContain(` ${role} `)
  })

  test('reports a name in use as such', async () => {
    const again = await refusal(['cloud', 'create', '-n', 'lab', '--provider', 'local'])
    expect(again).toMatchObject({ status: 5, code: 'NAME_IN_USE' })
  })
})

describe('permissions', () => {
  test('a viewer reads but cannot build; a revoked token has no access', async () => {
    const made = await json(['token', 'create', '-n', 'eve', '--role', 'viewer'])
    const env = { FAIRLEAD_TOKEN: String(made['token']) }
    expect((await shell.run(['cluster-env', 'list'], { env })).status).toBe(0)
    const build = await shell.run(['cluster-env', 'build', 'my_cluster_env.yaml'], { env })
    expect(build.status).toBe(6)
    expect(build.stderr).toContain('(ROLE_TOO_LOW)')
    const shown = await shell.run(['cluster-env', 'get', 'my-env', '--json'], { env })
    expect(JSON.parse(shown.stdout)).toMatchObject({ env_vars: { MY_VAR: null } })
    expect((await shell.run(['token', 'revoke', 'eve'])).status).toBe(0)
    const revoked = await shell.run(['cluster-env', 'list'], { env })
    expect(revoked.status).toBe(6)
    expect(revoked.stderr).toContain('(TOKEN_INVALID)')
  })

  test('a token ends when it was said to, and the list says so in words', async () => {
    const create = ['token', 'create', '--role', 'viewer', '-n']
    const made = await json([...create, 'short', '--expires-in', '12h'])
    expect(Date.parse(String(made['expires_at'])) - Date.parse(String(made['created_at']))).toBeCloseTo(12 * hour, -4)
    expect((await shell.run([...create, 'long', '--expires-in', '1y'])).stdout).toMatch(
      /^A token named long with the role viewer, valid until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, shown this once:$/m,
    )
    const whoami = await shell.run(['whoami'], { env: { FAIRLEAD_TOKEN: String(made['token']) } })
    expect(whoami.stdout).toMatch(/valid until +\d{4}-\d\d-\d\d /)
    const list = async (now: number) => (await shell.run(['token', 'list'], { now })).stdout
    expect(await list(Date.now())).toMatch(/^short +viewer +all +expires soon +(?:in 12 h|in 11 h) /m)
    expect(await list(Date.now())).toMatch(/^long +viewer +all +valid +in 36[45] days /m)
    expect(await list(Date.now())).toMatch(/^first-admin +admin +all +valid +never /m)
    expect(await list(Date.now() + 13 * hour)).toMatch(/^short +viewer +all +expired +(?:1 h|59 min) ago /m)
    const wrong = await shell.run([...create, 'wrong', '--expires-in', '0d'])
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('such as 12h, 30d or 1y, and at most 10y')
  })

  test('an expired token says so, and how to go on', async () => {
    const path = '/api/v1/api_tokens'
    const headers = { authorization: `Bearer ${controlPlane.adminToken ?? ''}`, 'content-type': 'application/json' }
    const body = JSON.stringify({
      name: 'blink',
      role: 'viewer',
      expires_at: new Date(Date.now() + 2000).toISOString(),
    })
    const answer = await fetch(`${controlPlane.origin}${path}`, { method: 'POST', headers, body })
    const { result } = (await answer.json()) as { result: { token: string } }
    const env = { FAIRLEAD_TOKEN: result.token }
    await expect.poll(async () => (await shell.run(['whoami'], { env })).status, { timeout: 10_000 }).toBe(6)
    const { stderr } = await shell.run(['cluster', 'list'], { env })
    expect(stderr).toContain('(TOKEN_EXPIRED)')
    expect(stderr).toContain('fairlead login')
  })

  test('a token limited to clouds sees only those, and the list says so', async () => {
    await json(['cloud', 'create', '-n', 'annex', '--provider', 'local'])
    const create = ['token', 'create', '--role', 'admin', '-n']
    const said = await shell.run([...create, 'both', '--cloud-name', 'annex', '--cloud-name', 'lab'])
    expect(said.stdout).toContain('A token named both with the role admin in annex, lab only, shown this once')
    const made = await json([...create, 'annex-admin', '--cloud-name', 'annex'])
    const env = { FAIRLEAD_TOKEN: String(made['token']) }
    const path = shell.write('annex-token', String(made['token']))
    const login = await shell.run(['login', '--host', controlPlane.origin, '--token-file', path])
    expect(login.stdout).toContain('as annex-admin, with the role admin, in annex\n')
    const back = await shell.run(['login', '--host', controlPlane.origin], { input: controlPlane.adminToken ?? '' })
    expect(back.status).toBe(0)
    const clouds = await shell.run(['cloud', 'list'], { env })
    expect(clouds.stdout).toContain('annex')
    expect(clouds.stdout).not.toContain('lab')
    const build = ['cluster-env', 'build', 'my_cluster_env.yaml', '-n', 'theirs', '--cloud-name', 'lab']
    expect((await shell.run(build, { env })).stderr).toContain('(CLOUD_NOT_FOUND)')
    const wide = await shell.run([...create, 'wide'], { env })
    expect(wide.status).toBe(6)
    expect(wide.stderr).toContain('(TOKEN_LIMITED_TO_CLOUDS)')
    const { stdout } = await shell.run(['token', 'list'])
    expect(stdout).toMatch(/^both +admin +annex lab +valid/m)
    expect(stdout).toMatch(/^first-admin +admin +all +valid/m)
    const comma = await json([...create, 'comma', '--cloud-name', 'annex,lab'])
    expect(comma['cloud_ids']).toHaveLength(2)
  })

  test('creates an AWS cloud without a region, with a warning about what is missing', async () => {
    const create = ['cloud', 'create', 'nowhere', '--provider', 'aws', '--account-id', '111122223333']
    const { status, stderr } = await shell.run(create)
    expect(status).toBe(0)
    expect(stderr).toContain('warning: without a region, `fairlead policy` cannot say what its nodes need')
  })

  test('lists what administrators did, by act and by token', async () => {
    const { stdout } = await shell.run(['audit', 'list'])
    expect(stdout).toMatch(/^WHEN +ACT +OUTCOME +BY +ROLE +ON$/m)
    expect(stdout).toMatch(/ cloud\.create +done +first-admin +admin +cld_/)
    expect(stdout).toMatch(/ token\.create +done +the start of the control plane +tok_/)
    const refused = await json(['audit', 'list', '--token', 'annex-admin'])
    expect(refused['results']).toMatchObject([{ act: 'token.create', outcome: 'TOKEN_LIMITED_TO_CLOUDS' }])
    const revoked = await json(['audit', 'list', '--act', 'token.revoke', '--max-items', '1'])
    expect(revoked['results']).toMatchObject([{ act: 'token.revoke', outcome: 'done' }])
    expect((await shell.run(['audit', 'list', '--act', 'node.forget'])).stdout).toBe('No acts match.\n')
  })

  test('an unknown act is a usage error that suggests the nearest one', async () => {
    const ran = await shell.run(['audit', 'list', '--act', 'token.creat'])
    expect(ran.status).toBe(2)
    expect(ran.stderr).toContain('did you mean token.create? (USAGE)')
    const { stdout: help } = await shell.run(['audit', 'list', '--help'])
    for (const act of AuditAct.options) expect(help).toContain(act)
  })
})

describe('before a byte is sent', () => {
  test.each([
    ['registry_login_secret: dckr_pat_hunter2canaryhunter2canary', 'REFERENCE_LOOKS_LIKE_A_SECRET', 4],
    ['registry_login_secret: \'{"username": "u", "password": "hunter2canary"}\'', 'REFERENCE_LOOKS_LIKE_A_SECRET', 4],
    ['dokcer_image: hunter2canary', 'CONFIG_UNKNOWN_FIELD', 4],
    ['docker_image: [hunter2canary]', 'CONFIG_INVALID', 4],
    ['docker_image: "hunter2canary', 'CONFIG_YAML_MALFORMED', 4],
    ['docker_image: a/UPPERhunter2canary\nray_version: 2.10', 'IMAGE_REF_INVALID', 4],
  ])('rejects %j here, without its value', async (line, code, status) => {
    shell.write(
      'bad.yaml',
      line.startsWith('registry_login') ? `docker_image: a/b:c\nray_version: 2.10\n${line}` : line,
    )
    const sent: string[] = []
    const ran = await shell.run(['cluster-env', 'build', 'bad.yaml'], {
      fetch: async (url) => {
        sent.push(url)
        return new Response('{}')
      },
    })
    expect(ran.status).toBe(status)
    expect(ran.stderr).toContain(`(${code})`)
    expect(ran.stdout + ran.stderr).not.toContain('hunter2canary')
    expect(sent).toEqual([])
  })

  test('rejects a password pasted as a grant here too', async () => {
    const ran = await shell.run(['cloud', 'grant', 'ghp_hunter2canaryhunter2canary123456'])
    expect(ran.status).toBe(4)
    expect(ran.stderr).toContain('(REFERENCE_LOOKS_LIKE_A_SECRET)')
    expect(ran.stderr).not.toContain('hunter2')
  })
})

describe('an unreachable control plane', () => {
  test('ends with exit 7 and says what to check', async () => {
    const ran = await shell.run(['cloud', 'list', '--host', 'http://127.0.0.1:9'], { env: { FAIRLEAD_TOKEN: 'flt_x' } })
    expect(ran.status).toBe(7)
    expect(ran.stderr).toContain('127.0.0.1:9 does not answer (CONTROL_PLANE_UNREACHABLE)')
  })
})

describe('prefetching', () => {
  const build = (name: string, ...flags: string[]) =>
    json(['cluster-env', 'build', '-n', name, 'my_cluster_env.yaml', '--no-wait', '--cloud-name', 'ahead', ...flags])

  test('is a matter of a build, and by default of its cloud', async () => {
    expect(await json(['cloud', 'create', '-n', 'ahead', '--provider', 'local'])).toMatchObject({ prefetch: false })
    await json(['cloud', 'grant', 'mysecretid', '--cloud-name', 'ahead'])
    expect(await build('plain')).toMatchObject({ prefetch: false })
    expect(await build('asking', '--prefetch')).toMatchObject({ prefetch: true })
    expect(await json(['cloud', 'edit', 'ahead', '--prefetch'])).toMatchObject({ prefetch: true })
    expect(await build('plain')).toMatchObject({ prefetch: true, revision: 2 })
    expect(await build('refusing', '--no-prefetch')).toMatchObject({ prefetch: false })
    const { stdout } = await shell.run(['cloud', 'edit', 'ahead', '--no-prefetch'])
    expect(stdout).toMatch(/new images +pulled when a cluster starts/)
  })

  test('is shown with the build', async () => {
    expect((await shell.run(['cluster-env', 'get', 'asking'])).stdout).toMatch(/prefetched +once it is checked/)
    expect((await shell.run(['cluster-env', 'get', 'refusing'])).stdout).not.toContain('prefetched')
  })
})
