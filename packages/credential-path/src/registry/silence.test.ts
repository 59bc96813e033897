/** S5: what a login and its token leave behind on the way to the registry: nothing on a stream or in a log. */
import fs from 'node:fs'
import { parseImageReference } from '@fairlead/contract/names'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bindTo } from '../match/bind-to.ts'
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { openRegistryClient } from './registry-client.ts'
import { sampleImage, ScriptedRegistry } from '../testing/scripted-registry.ts'

const password = 'canary-quiet-3e7a'
const token = 'canary.token-55d1'
const encoded = Buffer.from(`robot:${password}`).toString('base64')

let registry: ScriptedRegistry
let written: string[]

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  written = []
  const keep = (...values: unknown[]) => void written.push(values.map(String).join(' '))
  for (const name of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
    vi.spyOn(console, name).mockImplementation(keep)
  }
  // Pino writes to its descriptor with these, bypassing the process's streams.
  vi.spyOn(fs, 'writeSync').mockImplementation((_, text) => (keep(text), 0))
  vi.spyOn(fs, 'writeFileSync').mockImplementation((_, text) => keep(text))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (keep(text), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (keep(text), true))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await registry[Symbol.asyncDispose]()
})

async function admit(): Promise<void> {
  registry.push('v1', sampleImage())
  await using client = openRegistryClient(NodePolicy.parse({ loopback_registries: [registry.url] }))
  const image = parseImageReference(`${registry.host}/team/app:v1`)
  const text = (value: string) => new Redacted(value)
  const login = bindTo(image, { username: text('robot'), password: text(password), server: text(registry.host) })
  const platform = { os: 'linux', arch: 'amd64', variant: null }
  const order = { image, login, digest: null, platform }
  const ticket = await client.admit(order, { onStep: () => {} }, new AbortController().signal)
  await ticket.imageConfig
}

describe('S5: a login in transit', () => {
  test('Basic: is written nowhere', async () => {
    registry.accepted = new Set([`Basic ${encoded}`])
    await admit()
    expect(registry.authorizations()).toContain(`Basic ${encoded}`)
    expect(written.join('\n')).toBe('')
  })

  test('Bearer: is written nowhere, nor is its token', async () => {
    registry.challenge = `Bearer realm="${registry.url}/token"`
    registry.accepted = new Set([`Bearer ${token}`])
    registry.intercept = ({ url = '' }, response) => {
      if (!url.startsWith('/token')) return false
      response.writeHead(200).end(JSON.stringify({ token }))
      return true
    }
    await admit()
    expect(registry.authorizations()).toContain(`Bearer ${token}`)
    expect(written.join('\n')).toBe('')
  })

  test('the control: would be seen if written', () => {
    // oxlint-disable-next-line no-console -- what must not happen elsewhere
    console.error(password)
    process.stderr.write(password)
    fs.writeSync(2, password)
    expect(written).toEqual([password, password, password])
  })
})
