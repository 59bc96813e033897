/** When the doors of a machine are tried again, and what is reported. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually, newFolder } from '@fairlead/testkit'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FoundEngine } from '../engines/engine-door.ts'
import { watchDoors } from './watch-doors.ts'

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

function watch(found: FoundEngine = engine): void {
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
  watching = watchDoors({ machine, policy: () => policy(), stateDir: '/state', onChange, everyMs: 5 }, stop.signal)
}

const until = (...states: string[]) =>
  eventually(async () => (told.length >= states.length ? told : undefined), { what: states.join(', ') }).then((seen) =>
    expect(seen).toEqual(states),
  )

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
