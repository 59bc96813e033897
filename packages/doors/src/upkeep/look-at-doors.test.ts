/** What is said of a door, from its files and from what the engine answers. */
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FoundEngine } from '../engines/engine-door.ts'
import type { Probed } from './door-machine.ts'
import { findDoorFiles, ownerOf, readDoorFile } from './door-files.ts'
import { isAtFault, lookAtDoors, problemOf, type DoorLook, type DoorState } from './look-at-doors.ts'

const engine: FoundEngine = { engine: 'docker', name: 'Docker 29.1.3', folder: '/certs.d', way: '', doubt: null }
const broken = problem('DOOR_ENGINE_FAILED', { name: 'Docker', registry: 'r.example.com', reason: 'its disk is full' })
const notice = '# Written by fairlead for its door; `fairlead door close r.example.com` removes it.\n'
const path = '/certs.d/r.example.com/hosts.toml'
const stateDir = '/var/lib/fairlead'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'fairlead-doors-'))))
afterEach(() => rmSync(root, { recursive: true }))

function put(at: string, text: string): void {
  mkdirSync(dirname(join(root, at)), { recursive: true })
  writeFileSync(join(root, at), text)
}

const never = new AbortController().signal

function lookOf(probed: Probed | null, { agent = true } = {}): DoorLook {
  const machine = {
    places: { root, isRunning: true, dockerSocket: '' },
    findEngines: async () => ({ found: [], unfit: [] }),
    findInstalled: async () => ({ found: [], unfit: [] }),
    filesFor: () => [{ path, text: notice }],
    probe: async () => probed ?? Promise.reject(new Error('was not to be tried')),
    askMirror: async () => agent,
  }
  return { machine, mirror: { port: 7464, stateDir }, canProbe: () => probed !== null }
}

async function look(probed: Probed | null, options = {}) {
  const [seen] = await lookAtDoors(['r.example.com'], [engine], lookOf(probed, options), never)
  if (seen === undefined) throw new Error('no door was looked at')
  return seen
}

describe('a door', () => {
  test.each<[string, string | null, Probed | null, boolean, DoorState, string]>([
    ['is open if the agent answers through the engine', notice, { verdict: 'answered', words: '' }, true, 'open', ''],
    ['lacks its file', null, null, true, 'missing', 'DOOR_FILES_CHANGED'],
    ['has another file', `${notice}#`, null, true, 'changed', 'DOOR_FILES_CHANGED'],
    ['is bypassed', notice, { verdict: 'bypassed', words: 'x' }, true, 'bypassed', 'DOOR_BYPASSED'],
    ['has no agent', notice, { verdict: 'unanswered', words: 'x' }, false, 'agent_down', 'DOOR_NOT_ANSWERING'],
    [
      'has an agent that the engine does not get',
      notice,
      { verdict: 'unanswered', words: 'x' },
      true,
      'unanswered',
      'DOOR_UNANSWERED',
    ],
    [
      'has an engine that is broken',
      notice,
      { verdict: 'failed', words: 'x', failure: broken },
      true,
      'failed',
      broken.code,
    ],
    ['is not tried without the right to', notice, null, true, 'unchecked', 'DOOR_UNANSWERED'],
  ])('%s', async (_, text, probed, agent, state, code) => {
    if (text !== null) put(path, text)
    const seen = await look(probed, { agent })
    expect([seen.state, isAtFault(seen)]).toEqual([state, !['open', 'unchecked'].includes(state)])
    expect([seen.state, seen.state === 'open' ? '' : problemOf(seen).code]).toEqual([state, code])
  })

  test('is absent from an engine that has no file of it, if another engine has', async () => {
    put(path, notice)
    const other = { ...engine, engine: 'podman', name: 'podman', folder: '/etc/containers' } as const
    const filesFor = (_: string, __: object, { folder }: FoundEngine) => [
      { path: `${folder}/r.example.com/hosts.toml`, text: notice },
    ]
    const { machine, ...options } = lookOf({ verdict: 'answered', words: '' })
    const engines = [{ ...engine, folder: '/certs.d' }, other]
    const seen = await lookAtDoors(['r.example.com'], engines, { ...options, machine: { ...machine, filesFor } }, never)
    expect(seen.map(({ state }) => state)).toEqual(['open', 'absent'])
    expect(seen.filter(isAtFault)).toEqual([])
  })

  test('is held by another user’s program in the agent’s place', async () => {
    put(path, notice)
    await using server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const options = lookOf({ verdict: 'unanswered', words: 'x' }, { agent: false })
    const mirror = { port, stateDir: join(root, 'state') }
    const [seen] = await lookAtDoors(['r.example.com'], [engine], { ...options, mirror }, never)
    if (seen === undefined) throw new Error('no door was looked at')
    expect([seen.state, isAtFault(seen)]).toEqual(['port_taken', true])
    expect(problemOf(seen)).toMatchObject({
      code: 'DOOR_PORT_TAKEN',
      facts: { host: `127.0.0.1:${port}`, uid: process.getuid?.() },
    })
  })

  test('is bypassed by what the engine was not asked for', async () => {
    put(path, notice)
    const seen = await look({ verdict: 'bypassed', words: '', past: '/etc/x.conf has an entry for a part of it' })
    expect(problemOf(seen).what).toContain('/etc/x.conf has an entry for a part of it')
  })

  test('names what leads the engine past it', () => {
    const doubtful = { ...engine, doubt: 'its config_path is a list' }
    const { what } = problemOf({ registry: 'r.example.com', engine: doubtful, state: 'bypassed' })
    expect(what).toBe('Docker 29.1.3 does not ask the door for r.example.com: its config_path is a list')
  })
})

describe('files of doors', () => {
  test('are found wherever they are below the engine’s folder, and nothing of somebody else', async () => {
    put(path, notice)
    put('/certs.d/other/hosts.toml', 'server = "https://other"\n')
    mkdirSync(join(root, '/certs.d/127.0.0.1:7464'))
    symlinkSync(`${stateDir}/door/ca.crt`, join(root, '/certs.d/127.0.0.1:7464/ca.crt'))
    symlinkSync('/etc/ssl/ca.crt', join(root, '/certs.d/127.0.0.1:7464/other.crt'))
    const found = await findDoorFiles(root, engine, stateDir)
    expect(new Map(found.map((file) => [file.path, ownerOf(file.content, stateDir)]))).toEqual(
      new Map<string, unknown>([
        ['/certs.d/127.0.0.1:7464/ca.crt', 'keys'],
        [path, { registry: 'r.example.com' }],
      ]),
    )
  })

  test('are nobody’s where there is a folder, or no such folder at all', async () => {
    mkdirSync(join(root, path), { recursive: true })
    const { content } = await readDoorFile(root, path)
    expect([content, ownerOf(content, stateDir)]).toEqual(['other', null])
    expect(await findDoorFiles(root, { ...engine, folder: '/nowhere' }, stateDir)).toEqual([])
  })
})
