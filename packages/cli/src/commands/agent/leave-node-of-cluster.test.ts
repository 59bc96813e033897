/** What an agent in a pod leaves on its node: everything at a restart or an upgrade, nothing once its DaemonSet is gone. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FoundEngine } from '@fairlead/doors/engines/engine-door'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import type { DoorPlace } from '../door/door-place.ts'
import { leaveNodeOfCluster, type DaemonSetOfPod } from './leave-node-of-cluster.ts'

const containerd: FoundEngine = {
  engine: 'containerd',
  name: 'containerd 2.4.2',
  folder: '/etc/containerd/certs.d',
  way: '',
  doubt: null,
}
const ofDoor = '/etc/containerd/certs.d/r.example.com/hosts.toml'
const ofOwner = '/etc/containerd/certs.d/other.example.com/hosts.toml'
const stateDir = '/var/lib/fairlead'

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  put(ofDoor, '# Written by fairlead for its door; `fairlead door close r.example.com` removes it.\n')
  put(ofOwner, 'server = "https://other.example.com"\n')
  put(`${stateDir}/door/ca.crt`, 'keys')
  put(`${stateDir}/alone/pulls.sqlite`, 'records')
})
afterEach(() => shell[Symbol.dispose]())

const at = (path: string): string => join(shell.folder, path)
function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true, mode: 0o700 })
  writeFileSync(at(path), text)
}
const found = async () => ({ found: [containerd], unfit: [] })

const place = (): DoorPlace => ({
  machine: {
    places: { root: shell.folder, isRunning: true, dockerSocket: '/docker.sock' },
    findEngines: found,
    findInstalled: found,
    filesFor: () => [],
    probe: async () => ({ verdict: 'answered', words: '' }),
    askMirror: async () => true,
  },
  isRoot: true,
  policyFile: at('/etc/fairlead/policy.yaml'),
  stateDir,
  engine: null,
  agentWithinSeconds: 0,
})

const answering = (status: number, body: unknown = null): DaemonSetOfPod => ({
  name: 'fairlead-agent',
  joins: false,
  api: {
    namespace: 'fairlead-system',
    get: async () => ({ status, body }),
    patch: () => Promise.reject(new Error('not asked for')),
  },
})

const leave = (ofPod: DaemonSetOfPod) => leaveNodeOfCluster(place(), ofPod, shell.context().context)

test('a DaemonSet that is gone leaves no file of a door, no key and no record, and what others wrote stays', async () => {
  await leave(answering(404))
  expect(existsSync(at(dirname(ofDoor)))).toBe(false)
  expect(readFileSync(at(ofOwner), 'utf8')).toContain('other.example.com')
  expect(readdirSync(at(stateDir))).toEqual([])
})

test('what was there before the door comes back', async () => {
  put(`${ofDoor}.before-fairlead`, 'server = "https://r.example.com"\n')
  await leave(answering(404))
  expect(readFileSync(at(ofDoor), 'utf8')).toBe('server = "https://r.example.com"\n')
})

test.each([
  ['is there, as at an upgrade or a restart', answering(200, { kind: 'DaemonSet', metadata: {} })],
  ['cannot be asked for', answering(503)],
])('a DaemonSet that %s leaves everything', async (_, ofPod) => {
  await leave(ofPod)
  expect(existsSync(at(ofDoor))).toBe(true)
  expect(readdirSync(at(stateDir)).toSorted()).toEqual(['alone', 'door'])
})
