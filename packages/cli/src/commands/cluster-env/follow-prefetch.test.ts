/** `fairlead cluster-env build --prefetch` against scripted answers. */
import type { Build } from '@fairlead/contract/wire'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../context.ts'
import { ScriptedShell, type ScriptedWorld } from '../../scripted-context.ts'

type Progress = NonNullable<Build['prefetch_progress']>

const counted = (idle: number, ready: number, failed = 0): Progress => ({
  idle_nodes: idle,
  ready_nodes: ready,
  failed_nodes: failed,
})

const id = (prefix: string) => `${prefix}_${'0'.repeat(26)}`
const at = '2026-11-24T12:00:00.000Z'
const created = { creator_id: id('tok'), created_at: at, last_modified_at: at }
const build = {
  id: id('bld'),
  cluster_environment_id: id('cenv'),
  revision: 3,
  status: 'succeeded',
  is_byod: true,
  docker_image_name: 'registry.example.com/team/ray:1',
  ray_version: '2.44.0',
  registry_login_secret: null,
  env_vars: {},
  cloud_id: id('cld'),
  ...created,
  digest: `sha256:${'a'.repeat(64)}`,
  size_bytes: 1000,
  platform: 'linux/amd64',
  byod_ray_version: null,
  warnings: [],
  checked_by: null,
  prefetch: true,
  steps: [],
  problem: null,
  error_message: null,
}
const environment = { id: id('cenv'), name: 'env', cloud_id: id('cld'), ...created, archived_at: null }
const cloud = {
  id: id('cld'),
  name: 'prod',
  provider: 'local',
  partition: null,
  region: null,
  account_id: null,
  project_id: null,
  project_number: null,
  node_role: null,
  join: 'token',
  allow_any_secret: false,
  prefetch: false,
  created_at: at,
}

/** Says every moment that the build changed. */
const changes = (signal: AbortSignal): ReadableStream<Uint8Array> => {
  let sent = 0
  return new ReadableStream({
    async pull(controller) {
      await sleep(20)
      if (signal.aborted) return controller.error(signal.reason)
      const event = `id: ${++sent}\nevent: build\ndata: ${JSON.stringify({ id: build.id })}\n\n`
      controller.enqueue(new TextEncoder().encode(event))
    },
  })
}

/** The progress at each look after the check; the last one stays. */
async function built(looks: readonly (Progress | undefined)[], flags: readonly string[], world: ScriptedWorld = {}) {
  using shell = new ScriptedShell()
  shell.write('env.yaml', 'docker_image: registry.example.com/team/ray:1\nray_version: 2.44.0\n')
  const sent: unknown[] = []
  let look = 0
  const fetch: ScriptedWorld['fetch'] = async (url, { method, body, signal }) => {
    signal.throwIfAborted()
    const { pathname } = new URL(url)
    if (pathname.endsWith('/events'))
      return new Response(changes(signal), { headers: { 'content-type': 'text/event-stream' } })
    if (pathname.endsWith('/clouds/' + cloud.id)) return Response.json({ result: cloud })
    if (method === 'POST') {
      sent.push(JSON.parse(String(body)))
      return Response.json(
        { result: { ...environment, latest_build: { ...build, status: 'pending' } } },
        { status: 201 },
      )
    }
    const prefetch_progress = looks[Math.min(look++, looks.length - 1)]
    return Response.json({ result: { ...build, ...(prefetch_progress && { prefetch_progress }) } })
  }
  const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
  const ran = await shell.run(['cluster-env', 'build', 'env.yaml', ...flags], { env, fetch, ...world })
  return { ...ran, sent, looks: look }
}

describe('after the check', () => {
  test.for<[Progress | undefined, string]>([
    [counted(5, 0), 'Idle nodes bring the image: 0 of 5 idle nodes so far.\n'],
    [counted(1, 1), 'All idle nodes have the image: 1.\n'],
    [counted(5, 4, 1), '4 of 5 idle nodes; 1 could not (fairlead pulls list --purpose prefetch).\n'],
    [counted(0, 0), 'No node of cloud prod is idle; each brings the image once it is.\n'],
    [undefined, 'newer builds took its place.\n'],
  ])('of a build whose progress is %j, the last line says so, and nobody waits', async ([progress, line]) => {
    const { status, stdout, looks } = await built([progress], ['--prefetch'])
    expect(status).toBe(0)
    expect(stdout).toContain('env:3 is ready\n')
    expect(stdout.endsWith(line), stdout).toBe(true)
    expect(looks).toBe(1)
  })
})

describe('--wait-prefetch', () => {
  test('asks for it, shows how many idle nodes have the image, and ends when all do', async () => {
    const looks = [counted(4, 0), counted(4, 0), counted(4, 2), counted(4, 2, 1), counted(4, 4)]
    const { status, stdout, sent } = await built(looks, ['--wait-prefetch'])
    expect(status).toBe(0)
    expect(sent).toMatchObject([{ name: 'env', prefetch: true }])
    expect(stdout.slice(stdout.indexOf('next:')).split('\n').slice(1)).toEqual([
      '  bringing the image: 0 of 4 idle nodes',
      '  bringing the image: 2 of 4 idle nodes',
      '  bringing the image: 2 of 4 idle nodes; 1 could not (fairlead pulls list --purpose prefetch)',
      '  bringing the image: 4 of 4 idle nodes',
      '',
      'All idle nodes have the image: 4.',
      '',
    ])
  })

  test('prints a few lines for a fleet', async () => {
    const looks = Array.from({ length: 21 }, (_, ready) => counted(20, ready))
    const { stdout } = await built(looks, ['--wait-prefetch'])
    expect(stdout.match(/bringing the image/g)).toHaveLength(5)
  })

  test('ends at once, without a number, if no node is idle', async () => {
    const { status, stdout } = await built([counted(0, 0)], ['--wait-prefetch'])
    expect(status).toBe(0)
    expect(stdout).not.toContain('bringing')
    expect(stdout).toContain('No node of cloud prod is idle')
  })

  test('prints the build as it is at the end with --json', async () => {
    const { stdout } = await built([counted(2, 0), counted(2, 2)], ['--wait-prefetch', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ revision: 3, prefetch_progress: { ready_nodes: 2 } })
  })

  test('can be interrupted, and says that the nodes continue and where to look', async () => {
    const stop = new AbortController()
    const onWrite = (text: string): void => {
      if (text.includes('bringing the image')) stop.abort(new Interrupted())
    }
    const { status, stdout, stderr } = await built([counted(2, 1)], ['--wait-prefetch'], {
      signal: stop.signal,
      onWrite,
    })
    expect(status).toBe(1)
    expect(stdout).toContain('env:3 is ready')
    expect(stderr).toContain(
      'Idle nodes continue to bring the image without this terminal.\nlook:  fairlead cluster-env get env:3\n',
    )
  })

  test('is TIMED_OUT if its time is up before', async () => {
    const { status, stderr } = await built([counted(2, 1)], ['--wait-prefetch', '--timeout', '1'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('(TIMED_OUT)')])
  })

  test.for(['--no-wait', '--no-prefetch'])('is refused with %s', async (flag) => {
    const { status, stderr, sent } = await built([], ['--wait-prefetch', flag])
    expect([status, sent]).toEqual([2, []])
    expect(stderr).toContain(`--wait-prefetch and ${flag} contradict each other`)
  })
})
