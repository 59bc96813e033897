/** For tests: our client with a scripted registry, which is honest until configured otherwise, and a villain. */
import { parseImageReference } from '@fairlead/contract/names'
import type { LoginReach } from '@fairlead/contract/wire'
import { bindTo, type BoundLogin } from '../match/bind-to.ts'
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'
import {
  openRegistryClient,
  type AdmitOrder,
  type FirstAnswer,
  type RegistryClient,
} from '../registry/registry-client.ts'
import { ScriptedRegistry } from './scripted-registry.ts'

const password = 'canary-hunter2-91c7'
export const basic = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`
export const amd64 = { os: 'linux', arch: 'amd64', variant: null }
const patient = { connectMs: 5000, silenceMs: 10_000, wholeMs: 20_000 }
export const impatient = { connectMs: 5000, silenceMs: 500, wholeMs: 10_000 }
const retry = { tries: 3, pauseMs: 1, patienceMs: 1500 }

interface Ask extends Partial<Omit<AdmitOrder, 'image'>> {
  name?: string
}

export class RegistryTalk implements AsyncDisposable {
  registry: ScriptedRegistry
  readonly villain: ScriptedRegistry
  /** What the logins that were used reported, in order. */
  readonly reached: LoginReach[] = []
  /** How many connections the client has made. */
  connections = 0
  client: RegistryClient

  private constructor(registry: ScriptedRegistry, villain: ScriptedRegistry) {
    this.registry = registry
    this.villain = villain
    this.client = this.#openClient({}, patient)
  }

  static async start(): Promise<RegistryTalk> {
    return new RegistryTalk(await ScriptedRegistry.start(), await ScriptedRegistry.start())
  }

  /** Another client, with this in the owner's file. */
  async open(extra: Record<string, unknown> = {}, timing = patient): Promise<void> {
    await this.client[Symbol.asyncDispose]()
    this.client = this.#openClient(extra, timing)
  }

  #openClient(extra: Record<string, unknown>, timing: typeof patient): RegistryClient {
    const policy = NodePolicy.parse({ loopback_registries: [this.registry.url], ...extra })
    return openRegistryClient(policy, {
      timing,
      retry,
      onConnection: (event) => void (event === 'ready' && this.connections++),
    })
  }

  loginFor(image: string, server = this.registry.host, secret = password): BoundLogin {
    const login = { username: new Redacted('robot'), password: new Redacted(secret), server: new Redacted(server) }
    return bindTo(parseImageReference(image), login, (reach) => this.reached.push(reach))
  }

  withLogin(name = 'team/app:v1'): Ask {
    return { name, login: this.loginFor(`${this.registry.host}/${name}`) }
  }

  /** As a pull does while it reads its secret. */
  ask(name = 'team/app:v1'): FirstAnswer {
    return this.client.ask(parseImageReference(`${this.registry.host}/${name}`), {}, new AbortController().signal)
  }

  /** The ticket, once the config has been read, too. */
  async admit(
    { name = 'team/app:v1', ...order }: Ask = {},
    signal = new AbortController().signal,
  ): Promise<PullTicket> {
    const image = parseImageReference(`${this.registry.host}/${name}`)
    const asked = { image, login: null, digest: null, platform: amd64, ...order }
    const ticket = await this.client.admit(asked, { onStep: () => {} }, signal)
    await ticket.imageConfig
    return ticket
  }

  /** A realm on the registry's own host that issues a token for the login. */
  serveTokens(token = 'tok.en-1', life = 300): void {
    this.registry.challenge = `Bearer realm="${this.registry.url}/token",service="scripted"`
    this.registry.accepted = new Set([`Bearer ${token}`])
    this.registry.intercept = ({ url = '', headers }, response) => {
      if (!url.startsWith('/token')) return false
      const known = headers.authorization === basic || headers.authorization === undefined
      response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ token, expires_in: life }))
      return true
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]()
    await this.registry[Symbol.asyncDispose]()
    await this.villain[Symbol.asyncDispose]()
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'admitted',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

export async function bytesOf(ticket: PullTicket, index: number, start = 0, end?: number): Promise<Buffer> {
  const layer = ticket.layers[index]
  if (!layer) throw new Error('no such layer')
  const span = start === 0 && end === undefined ? null : { start, end: end ?? layer.size }
  const { body } = await ticket.fetchBlob(layer, span, new AbortController().signal)
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}
