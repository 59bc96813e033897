/** When the doors of a machine are tried again, and what is reported. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually, newFolder } from '@fairlead/testkit'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { problem, type Problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FoundEngine } from '../engines/engine-door.ts'
import { watchDoors, type DoorWatch } from './watch-doors.ts'

const engine: FoundEngine = {
  engine: 'docker',
  name: 'Docker 29.1.3',
  folder: '/certs.d',
  way: '/docker.sock',
  doubt: null,
}
const path = '/certs.d/r.example.com/hosts.toml'
const host = 'r.example.com'

let root: string
let policy: () => NodePolicy
let verdict: 'answered' | 'bypassed'
let answers: boolean
let probes: number
let told: string[]
let looks: string[]
let stop: AbortController
let watching: Promise<void>

beforeEach(() => {
  root = newFolder('watch-doors')
  put(path)
  put(engine.way)
  policy = () => NodePolicy.parse({ allowed_registries: [host], doors: { [host]: 'login' } })
  verdict = 'answered'
  answers = true
  probes = 0
  told = []
  looks = []
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await watching
})

function put(at: string, text = 'as written'): void {
  mkdirSync(dirname(join(root, at)), { recursive: true })
  rmSync(join(root, at), { force: true })
  writeFileSync(join(root, at), text)
}

function watch(found: FoundEngine = engine, more: Partial<DoorWatch> = {}): void {
  const machine = {
    places: { root, isRunning: true, dockerSocket: '' },
    findEngines: async () => ({ found: answers ? [found] : [], unfit: [] }),
    findInstalled: async () => ({ found: [], unfit: [] }),
    filesFor: () => [{ path, text: 'as written' }],
    probe: async () => {
      probes += 1
      return { verdict, words: '' }
    },
    askMirror: async () => true,
  }
  const onChange = ({ state }: { state: string }) => void told.push(state)
  const onLook = (faults: readonly Problem[]) => void looks.push(faults.map(({ code }) => code).join(' ') || 'open')
  const asked = { machine, policy: () => policy(), stateDir: '/state', onChange, onLook, everyMs: 5, ...more }
  watching = watchDoors(asked, stop.signal)
}

const untilIn = (list: () => string[], ...states: string[]) =>
  eventually(async () => (list().length >= states.length ? list() : undefined), { what: states.join(', ') }).then(
    (seen) => expect(seen.slice(0, states.length)).toEqual(states),
  )
const until = (...states: string[]) => untilIn(() => told, ...states)

test('each door is tried once, and reported once', async () => {
  watch()
  await until('open')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([probes, told]).toEqual([1, ['open']])
})

test('a restart of the engine has its door tried again', async () => {
  watch()
  await until('open')
  verdict = 'bypassed'
  put(engine.way)
  await until('open', 'bypassed')
})

test('an engine that is slow to start is looked for until it answers', async () => {
  watch()
  await until('open')
  verdict = 'bypassed'
  answers = false
  put(engine.way)
  await new Promise((resolve) => setTimeout(resolve, 30))
  answers = true
  await until('open', 'bypassed')
})

test('a file that is changed or removed is noticed, as k3s does when it starts', async () => {
  watch()
  await until('open')
  put(path, 'regenerated')
  await until('open', 'changed')
  put(path)
  await until('open', 'changed', 'open')
})

test('an engine that is a program is not run: its files are compared', async () => {
  watch({ ...engine, engine: 'podman', name: 'podman', way: '/usr/bin/podman' })
  await until('unchecked')
  expect(probes).toBe(0)
})

test('while the owner’s file cannot be used or has no doors, nothing is tried', async () => {
  const usable = policy
  policy = () => {
    throw problem('POLICY_INVALID', { path: '/etc/fairlead/policy.yaml', reason: 'x' })
  }
  watch()
  await new Promise((resolve) => setTimeout(resolve, 30))
  policy = () => NodePolicy.parse({})
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(probes).toBe(0)
  policy = usable
  await until('open')
})

test('a door at fault is tried again without a change, because what was wrong may be elsewhere', async () => {
  verdict = 'bypassed'
  watch(engine, { againMs: 20 })
  await until('bypassed')
  verdict = 'answered'
  await until('bypassed', 'open')
  expect([looks[0], looks.at(-1)]).toEqual(['DOOR_BYPASSED', 'open'])
})

test('each look says what is wrong: nothing if there are no doors, and what speaks against the owner’s file', async () => {
  policy = () => NodePolicy.parse({})
  watch()
  await untilIn(() => looks, 'open')
  policy = () => {
    throw problem('POLICY_INVALID', { path: '/etc/fairlead/policy.yaml', reason: 'x' })
  }
  await eventually(async () => looks.includes('POLICY_INVALID') || undefined, { what: 'the policy is at fault' })
  answers = false
  policy = () => NodePolicy.parse({ allowed_registries: [host], doors: { [host]: 'login' } })
  await eventually(async () => looks.includes('DOOR_NO_ENGINE') || undefined, { what: 'no engine answers' })
})

describe('an agent that keeps the files', () => {
  test('writes them before it looks, at once, and again when one is gone', async () => {
    rmSync(join(root, path))
    const keepFiles = async () => put(path)
    watch(engine, { keepFiles, everyMs: 30 })
    await untilIn(() => looks, 'open')
    rmSync(join(root, path))
    await untilIn(() => looks, 'open', 'open')
    expect(told).toEqual(['open'])
  })

  test('does so without doors, too, so that those of closed doors go', async () => {
    let kept = 0
    policy = () => NodePolicy.parse({})
    watch(engine, { keepFiles: async () => void (kept += 1) })
    await untilIn(() => looks, 'open')
    expect(kept).toBeGreaterThan(0)
  })

  test('says why it could not, asks no engine then, and tries again', async () => {
    let fails = true
    const keepFiles = async () => {
      if (fails) throw problem('DOOR_NEEDS_ALLOWED_REGISTRIES')
    }
    watch(engine, { keepFiles, againMs: 20 })
    await untilIn(() => looks, 'DOOR_NEEDS_ALLOWED_REGISTRIES')
    expect(probes).toBe(0)
    fails = false
    await until('open')
  })
})
