/** A node that leaves, over a real socket; the control plane checks its signature. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { joinNode } from './join.ts'
import { loadIdentity, saveIdentity } from './node-identity.ts'
import { problemAnswer, ScriptedControlPlane } from '../testing/scripted-control-plane.ts'
import { leaveNode } from './leave-node.ts'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'

let plane: ScriptedControlPlane
let stateDir: string
beforeEach(async () => {
  plane = await ScriptedControlPlane.start()
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-leave-'))
})
afterEach(async () => {
  await plane.stop()
  await rm(stateDir, { recursive: true })
})

async function joined(cloud: string | null = null): Promise<void> {
  const admission = { kind: 'token', token: `fjt_${'a'.repeat(43)}`, provider: 'local' } as const
  await joinNode({ host: plane.origin, admission, name: 'vm', checker: false, stateDir, caFile: null })
  const identity = await loadIdentity(stateDir)
  if (identity !== null) await saveIdentity(stateDir, { ...identity, cloud })
  plane.received.length = 0
}
const asked = () => plane.received.map(({ path }) => path.split('/').at(-1))

test('a node that leaves reports it, and deletes its key from the machine', async () => {
  await joined()
  expect(await leaveNode({ stateDir, atShutdown: false })).toEqual({ name: 'vm', host: plane.origin })
  expect(asked()).toEqual(['session', 'leave'])
  expect(await loadIdentity(stateDir)).toBeNull()
  await expect(leaveNode({ stateDir, atShutdown: false })).rejects.toMatchObject({ code: 'AGENT_NOT_JOINED' })
})

test('a node that was forgotten has nothing to report, and deletes its key too', async () => {
  await joined()
  plane.script = () => problemAnswer('NODE_FORGOTTEN')
  await leaveNode({ stateDir, atShutdown: false })
  expect(await loadIdentity(stateDir)).toBeNull()
})

test.each(['NODE_HOLDS_CLUSTER', 'CONTROL_PLANE_UNREACHABLE'] as const)('after %s it is still a node', async (code) => {
  await joined()
  plane.script = ({ path }) => (path.endsWith('/leave') ? problemAnswer(code) : undefined)
  await expect(leaveNode({ stateDir, atShutdown: false })).rejects.toMatchObject({ code })
  expect(await loadIdentity(stateDir)).not.toBeNull()
})

test('at shutdown, a node that proved itself leaves and keeps what it needs to prove itself again', async () => {
  await joined('prod')
  expect(await leaveNode({ stateDir, atShutdown: true })).toMatchObject({ name: 'vm' })
  expect(asked()).toEqual(['session', 'leave'])
  expect(await loadIdentity(stateDir)).toMatchObject({ name: 'vm', cloud: 'prod' })
})

test('at shutdown, a node that joined by token stays a node and sends nothing', async () => {
  await joined()
  expect(await leaveNode({ stateDir, atShutdown: true })).toBeNull()
  expect(asked()).toEqual([])
})

test('it does not leave while its agent runs, since the agent would join again', async () => {
  await joined()
  using _agent = lockStateDir(stateDir)
  await expect(leaveNode({ stateDir, atShutdown: false })).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' })
})
