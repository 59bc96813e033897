/**
 * A scaling group on Google Cloud: machines whose first process is systemd, which run the printed user data, are named after their instance,
 * leave when they are powered off, prove themselves again when they come back with their disk, and stay nodes through a restart.
 */
import { existsSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEvent, Node } from '@fairlead/contract/wire'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  eventually,
  newFolder,
  startFairleadServe,
  startGoogle,
  type FairleadAccess,
  type Google,
  type Machine,
  type TestNetwork,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oneFile } from './one-file.ts'
import { leadToMetadata } from '../proof-system.ts'

const program = '/usr/local/bin/fairlead'
const parts = new AsyncDisposableStack()
let executable: string
let network: TestNetwork
let google: Google
let access: FairleadAccess
let first: Machine

beforeAll(async () => {
  executable = await oneFile()
  network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  google = parts.use(await startGoogle({ ca, host }))
  const serve = parts.use(
    await startFairleadServe({
      listen: `${host}:0`,
      connectTo: { 'www.googleapis.com': new URL(google.jwksUrl).host },
      env: { NODE_EXTRA_CA_CERTS: ca.caFile },
    }),
  )
  access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const { projectId, email } = google.machine
  const cloud = ['--provider', 'gcp', '--project-id', projectId, '--node-role', email]
  await cliJson(['cloud', 'create', '-n', 'group', ...cloud], access)
  const file = join(newFolder('config'), 'env.yaml')
  const image = `registry.example.com/team/app@sha256:${'a'.repeat(64)}`
  await writeFile(file, JSON.stringify({ docker_image: image, ray_version: '2.55.1' }))
  await cliJson(['cluster-env', 'build', '-n', 'app', '--no-wait', file], access)
  first = await startMachine('vm')
})
afterAll(() => parts.disposeAsync())

/** From the group's image, which has the program. All machines of the group have the same host name. */
async function startMachine(name: string): Promise<Machine> {
  const machine = await network.machine(name, { init: 'systemd' })
  await leadToMetadata(machine, google.metadataHost)
  await machine.mustExec('install', ['-D', '-m', '0755', executable, program])
  return machine
}

const nodes = async (): Promise<Node[]> => (await cliJson<{ results: Node[] }>(['node', 'list'], access)).results
const nodeNow = (id: string): Promise<Node> => cliJson<Node>(['node', 'status', id], access)

async function online(except: readonly string[] = []): Promise<Node> {
  const found = async () =>
    (await nodes()).find(({ id, state, last_heard_at: heard }) => {
      return state === 'online' && heard !== null && !except.includes(id)
    })
  return eventually(found, { what: 'a node is heard', timeoutMs: 40_000, everyMs: 200 })
}

/**
 * Resolves once its systemd has ended. It is watched from outside: systemd stops what runs in the machine before it ends it, and an
 * `nsenter` that sees its program stopped stops as well, for good, and delays the machine's end.
 */
async function end(machine: Machine, how: 'poweroff' | 'reboot'): Promise<void> {
  await machine.exec('systemctl', ['--no-block', how])
  await eventually(() => Promise.resolve(existsSync(`/proc/${machine.holderPid}`) ? undefined : true), {
    what: `the machine ends by ${how}`,
    timeoutMs: 60_000,
  })
}

test('the output of launch-config makes a machine a node named after its instance, not its host', async () => {
  const printed = await cli(['launch-config', 'app', '--for', 'user-data'], access)
  expect(printed.stderr).toContain('warning: no node has checked app:1 yet')
  await first.mustExec('bash', ['-c', printed.stdout], { timeoutMs: 60_000 })
  const node = await online()
  expect(node).toMatchObject({ name: google.machine.instanceId, identity: { instance: google.machine.instanceId } })
  expect(node.name).not.toBe('vm')
})

test('stopped by its owner, the agent says nothing, and the machine is still a node', async () => {
  const { id } = await online()
  await first.mustExec('systemctl', ['restart', 'fairlead-agent'])
  expect((await nodeNow(id)).revoked_because).toBeNull()
})

test('powered off, it leaves: it is not a lost node, and the audit records it', async () => {
  const { id } = await online()
  await end(first, 'poweroff')
  expect(await nodeNow(id)).toMatchObject({ state: 'revoked', revoked_because: 'left' })
  expect((await cli(['node', 'list', '--state', 'lost'], access)).stdout).toContain('No node is lost.')
  const events = await cliJson<{ results: AuditEvent[] }>(['audit', 'list', '--act', 'node.leave'], access)
  expect(events.results).toMatchObject([{ resource_ids: [id] }])
})

test('when it comes back with its disk, its agent proves it again; a restart of the machine changes nothing', async () => {
  const before = (await nodes()).map(({ id }) => id)
  const second = await startMachine('vm-2')
  await cp(first.stateDir, second.stateDir, { recursive: true })
  await second.mustExec(program, ['agent', 'install'], { timeoutMs: 60_000 })
  const node = await online(before)
  expect(node.name).toBe(google.machine.instanceId)
  await end(second, 'reboot')
  expect((await nodeNow(node.id)).revoked_because).toBeNull()
})
