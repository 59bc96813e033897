/** A fetch may outlive the pull that began it: what that pull's record says of its login stays true. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { canonicalReference } from '@fairlead/contract/names'
import type { StepReport } from '@fairlead/contract/wire'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OwnOrder } from '../image-puller.ts'
import { diskRoom } from '../layers/blob-room.ts'
import { BlobStore } from '../layers/blob-store.ts'
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { digestOf } from '../registry/image/manifest.ts'
import { openRegistryClient, type RegistryClient } from '../registry/registry-client.ts'
import { order, ScriptedPull } from '../testing/scripted-pull.ts'
import { sampleImage, ScriptedRegistry } from '../testing/scripted-registry.ts'
import { openImagePuller } from './node-image-puller.ts'

const image = sampleImage()
const [small = '', large = ''] = image.layers.map(digestOf)

let folder: string
let registry: ScriptedRegistry
let client: RegistryClient
let blobs: BlobStore
let scripted: ScriptedPull
/** Requests for the large layer without a login, which the registry has not answered yet. */
let waiting: ServerResponse[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-blobs-'))
  registry = await ScriptedRegistry.start()
  registry.push('v1', image)
  waiting = []
  registry.intercept = ({ url = '', headers }, response) => {
    const waits = url.endsWith(`/blobs/${large}`) && headers.authorization === undefined
    if (waits) waiting.push(response)
    return waits
  }
  const policy = NodePolicy.parse({ loopback_registries: [registry.url] })
  client = openRegistryClient(policy, { retry: { tries: 1, pauseMs: 1, patienceMs: 10 } })
  blobs = new BlobStore([diskRoom(folder, 0)], { patience: { stallMs: 10_000, retries: 0, pauseMs: 1 } })
  scripted = await ScriptedPull.open()
})
afterEach(async () => {
  await blobs[Symbol.asyncDispose]()
  await client[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** The password in each secret is the secret's name. */
function openPuller() {
  const server = new Redacted(registry.host)
  const username = new Redacted('robot')
  return openImagePuller({
    ...scripted.parts({ loopback_registries: [registry.url] }),
    secrets: {
      read: async (reference) => ({
        login: { username, password: new Redacted(canonicalReference(reference)), server },
        version: 'v1',
      }),
    },
    registry: client,
    blobs,
  })
}

const orderWith = (secret: string): OwnOrder => ({ ...order, image: `${registry.host}/team/app:v1`, secret })

const watch = (signal = new AbortController().signal) => ({ signal, onSteps: () => undefined })
const records = () => scripted.records().map(({ login, code }) => [login, code])
const passwords = () =>
  registry.authorizations().map((header) => Buffer.from(header.slice('Basic '.length), 'base64').toString())

/** From now on, it wants a login for the large layer. */
function askForLogin(): void {
  registry.intercept = ({ url = '', headers }, response) =>
    url.endsWith(`/blobs/${large}`) && headers.authorization === undefined && refuse(response)
  for (const response of waiting) refuse(response)
}

function refuse(response: ServerResponse): true {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="late"' }).end()
  return true
}

test('a login that was only matched is not sent after the pull has failed', async () => {
  const { intercept } = registry
  let failing: ServerResponse | undefined
  registry.intercept = (request, response) => {
    if (!request.url?.endsWith(`/blobs/${small}`)) return intercept(request, response)
    failing = response
    return true
  }
  const pulled = openPuller().pull(orderWith('first'), watch())
  pulled.catch(() => 'thrown where it is awaited')
  await expect.poll(() => failing !== undefined && waiting.length === 1).toBe(true)
  failing?.writeHead(500).end()
  await expect(pulled).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
  expect(records()).toEqual([['matched', 'REGISTRY_UNAVAILABLE']])
  askForLogin()
  // Nothing tells that a request does not come: this is many times what one takes.
  await sleep(300)
  expect(passwords()).toEqual([])
})

test('a pull that goes on for another order does not send the login of the order that was stopped', async () => {
  const puller = openPuller()
  const stop = new AbortController()
  const first = puller.pull(orderWith('first'), watch(stop.signal))
  await expect.poll(() => waiting.length).toBe(1)
  let step: string | undefined
  const onSteps = (steps: readonly StepReport[]): unknown => (step = steps.at(-1)?.step)
  const second = puller.pull(orderWith('second'), { ...watch(), onSteps })
  await expect.poll(() => step).toBe('pull')
  stop.abort()
  await expect(first).rejects.toMatchObject({ code: 'INTERRUPTED' })
  askForLogin()
  await second
  expect(new Set(passwords())).toEqual(new Set(['robot:local:second']))
  expect(records()).toEqual([
    ['matched', 'INTERRUPTED'],
    ['sent', null],
  ])
})
