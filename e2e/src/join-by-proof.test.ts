/** Machines of AWS and of Google Cloud join as a user would: the output of `node join-token` is typed on the machine, and no token is. */
import { existsSync } from 'node:fs'
import type { Node } from '@fairlead/contract/wire'
import { eventually, fairleadProgram, newFolder } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { region, startAws, startGcp, startProofSystem, type ProofSystem } from './proof-system.ts'

const clouds = [
  ['AWS', startAws],
  ['Google Cloud', startGcp],
] as const
/** Replicas change nothing about a cloud; FAIRLEAD_REPLICAS_MATRIX=full: each cloud on them. */
const isSample = 'FAIRLEAD_TEST_REPLICAS' in process.env && process.env['FAIRLEAD_REPLICAS_MATRIX'] !== 'full'

describe.each(isSample ? clouds.slice(0, 1) : clouds)('on %s', (_, startCloud) => {
  let system: ProofSystem
  beforeAll(async () => {
    system = await startProofSystem(startCloud)
  })
  afterAll(async () => {
    await system[Symbol.asyncDispose]()
  })

  test('no token is printed: the machine proves what it is to the given authority', async () => {
    const { stdout } = await system.fairlead('node', 'join-token')
    expect(stdout).toContain('need no token: they join by cloud identity')
    expect(stdout).toMatch(
      /fairlead agent join --host https:\S+ --provider \w+ --cloud prod --ca-sha256 [0-9a-f]{64}\n/,
    )
    expect(stdout).not.toContain('fjt_')
  })

  test('S18: the node says who vouched for it, in words and as a document', async () => {
    const { cloud } = system
    const node = await system.ask<Node>('node', 'status', 'one')
    expect(node.identity).toEqual({
      principal: cloud.principal,
      instance: expect.stringMatching(cloud.instance) as string,
    })
    const { stdout } = await system.fairlead('node', 'status', 'one')
    expect(stdout).toContain(`runs as   ${cloud.principal}\n`)
    expect(stdout).toMatch(/joined +\d+ (?:s|min) ago, by cloud identity\n/)
    expect((await system.fairlead('node', 'list')).stdout).toContain(node.identity?.instance)
  })

  test('it checks a build with the login that it may read', async () => {
    const built = await system.build('trainer')
    expect(built.status, built.stdout + built.stderr).toBe(0)
  })

  test('S19: the same machine does not join a second time, and both attempts are shown', async () => {
    expect((await system.fairlead('node', 'list')).stderr).toBe('')
    const again = await system.typeAgain(await system.printed(), 'twin')
    expect(again.status, again.stdout).toBe(6)
    expect(again.stderr).toContain('(INSTANCE_ALREADY_JOINED)')
    const { stdout, stderr } = await system.fairlead('node', 'list')
    expect(stdout).not.toContain('twin')
    expect(stderr).toMatch(/^warning: node one: this machine asked to join again as twin, \d+ (?:s|min) ago\n$/)
    expect((await system.fairlead('node', 'status', 'one')).stdout).toContain('asked to join again as twin')
  })

  test('S18: a machine without a cloud identity does not join', async () => {
    const words = [
      ...(await system.printed()).split(' ').slice(1),
      '--name',
      'stranger',
      '--state-dir',
      newFolder('stranger'),
    ]
    const env = { NO_COLOR: '1', AWS_REGION: region }
    const joined = await system.stranger.exec(process.execPath, [fairleadProgram, ...words], { env, timeoutMs: 60_000 })
    expect(joined.stderr).toContain('(NODE_IDENTITY_MISSING)')
  })

  test('a revoke cuts it off at once, and the machine may join again', async () => {
    const { agent } = system
    expect((await system.fairlead('node', 'revoke', 'one')).status).toBe(0)
    await eventually(() => (existsSync(`/proc/${agent.pid}`) ? undefined : true), { what: 'the revoked agent ends' })
    expect(agent.tail(20)).toContain('NODE_REVOKED')
    const { id, identity } = await system.ask<Node>('node', 'status', 'one')
    const anew = await system.typeInPlace(await system.printed())
    expect(anew.status, anew.stderr).toBe(0)
    expect(anew.stdout).toContain('Its earlier node one of')
    const node = await system.ask<Node>('node', 'status', identity?.instance ?? '')
    expect(node.id).not.toBe(id)
    expect(node.second_join).toBeNull()
    // The warning about the second join concerns a node that no longer exists.
    expect((await system.fairlead('node', 'list')).stderr).toBe('')
  })

  test('a machine that is already a node needs --replace, and becomes a new node', async () => {
    const before = (await system.ask<{ results: Node[] }>('node', 'list', '--state', 'online')).results
    const again = await system.typeInPlace(await system.printed())
    expect(again.status, again.stdout).toBe(5)
    expect(again.stderr).toMatch(/\(AGENT_ALREADY_JOINED\)\n.*--replace/)
    const replaced = await system.typeInPlace(await system.printed(), '--replace')
    expect(replaced.status, replaced.stderr).toBe(0)
    const after = (await system.ask<{ results: Node[] }>('node', 'list', '--state', 'online')).results
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    expect(after[0]?.id).not.toBe(before[0]?.id)
  })
})
