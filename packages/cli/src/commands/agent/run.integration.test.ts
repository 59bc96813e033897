/** `fairlead agent run` in a pod, against a real control plane: it joins with its cluster's token, and with `--leave` is no node once it ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { podAudience, type Node } from '@fairlead/contract/wire'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { startTokenIssuer, type TokenIssuer } from '@fairlead/testkit'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let shell: ScriptedShell
let cluster: TokenIssuer
let plane: ControlPlane

beforeAll(async () => {
  shell = new ScriptedShell()
  cluster = await startTokenIssuer()
  plane = await startControlPlane({
    listen: '127.0.0.1:0',
    dataDir: join(shell.folder, 'data'),
    logLevel: 'silent',
  })
  await must(['login', '--host', plane.origin], plane.adminToken ?? '')
  const keys = shell.write('jwks.json', JSON.stringify({ keys: [cluster.publicKey()] }))
  const vouches = ['--kubernetes-issuer', issuer, '--kubernetes-keys', keys, '--kubernetes-account', 'fairlead/checker']
  await must(['cloud', 'create', '-n', 'prod', '--provider', 'local', ...vouches])
})
afterAll(async () => {
  await plane.close()
  await cluster[Symbol.asyncDispose]()
  shell[Symbol.dispose]()
})

/** Its keys were given, so nobody asks it. */
const issuer = 'https://cluster.example.com'

async function must(args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await shell.run(args, { input })
  expect(status, stderr).toBe(0)
  return stdout
}

const nodeOf = async (pod: string): Promise<Node | undefined> => {
  const { results } = JSON.parse(await must(['node', 'list', '--json'])) as { results: Node[] }
  return results.find(({ name }) => name === pod)
}

/** As the kubelet projects it into a pod. */
async function project(pod: string): Promise<string> {
  const token = await cluster.issue({
    iss: issuer,
    aud: [podAudience(plane.origin, 'prod')],
    sub: 'system:serviceaccount:fairlead:checker',
    jti: crypto.randomUUID(),
    'kubernetes.io': {
      namespace: 'fairlead',
      node: { name: 'node-1' },
      pod: { name: pod, uid: crypto.randomUUID() },
      serviceaccount: { name: 'checker', uid: crypto.randomUUID() },
    },
  })
  return shell.write(`token-of-${pod}`, token)
}

/** An agent as the chart runs a checker; returns what ends it as the kubelet does. */
function startWith(token: string, pod: string, ...flags: string[]) {
  const ending = new AbortController()
  const proof = ['--host', plane.origin, '--cloud', 'prod', '--kubernetes-token', token]
  const own = ['--checker', '--state-dir', join(shell.folder, pod), ...flags]
  const ended = shell.run(['agent', 'run', ...proof, ...own], { signal: ending.signal })
  return async () => {
    ending.abort()
    return ended
  }
}
const untilOnline = (pod: string) =>
  expect.poll(() => nodeOf(pod), { timeout: 20_000 }).toMatchObject({ state: 'online', facts: {} })

test('an agent that is told to leave is a node while it runs, and none once it ends', async () => {
  const end = startWith(await project('leaves'), 'leaves', '--leave')
  await untilOnline('leaves')
  expect(await end()).toMatchObject({ status: 0, stderr: '' })
  expect(await nodeOf('leaves')).toMatchObject({ state: 'revoked', revoked_because: 'left' })
})

test('one that is not told to stays a node, as at a restart', async () => {
  const end = startWith(await project('stays'), 'stays')
  await untilOnline('stays')
  expect(await end()).toMatchObject({ status: 0, stderr: '' })
  expect(await nodeOf('stays')).toMatchObject({ state: 'online' })
})

test('loses what it prints rather than end when standard output takes no more', async () => {
  let isLost = false
  const args = ['agent', 'run', '--checker', '--state-dir', join(shell.folder, 'silent')]
  await shell.run(args, { signal: AbortSignal.abort(), loseOutput: () => void (isLost = true) })
  expect(isLost).toBe(true)
})

test('one that ends before it could join has nothing to leave', async () => {
  const end = startWith(join(shell.folder, 'no-token-yet'), 'early', '--leave')
  // By then it has tried, or is about to.
  await sleep(200)
  expect(await end()).toMatchObject({ status: 0, stderr: '' })
  expect(await nodeOf('early')).toBeUndefined()
})
