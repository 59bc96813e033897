/** For tests: a puller whose secret manager, registry and engine are scripted. */
import { randomBytes } from 'node:crypto'
import type { Problem } from '@fairlead/contract/problems'
import type { NodePullEvent, PullRecord, StepReport } from '@fairlead/contract/wire'
import { PullingEngine } from './pulling-engine.ts'
import { fakeTicket, type FakeTicket } from './fake-ticket.ts'
import { Redacted } from '../match/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import type { AdmitOrder, RegistryClient, Rights } from '../registry/registry-client.ts'
import type { OwnOrder, PullWatch } from '../image-puller.ts'
import { Ledger } from '../record/ledger.ts'
import { openImagePuller } from '../pull/node-image-puller.ts'
import type { PullParts } from '../pull/pull-parts.ts'
import { SharedWork } from '../pull/shared-work.ts'
import { BlobStore } from '../layers/blob-store.ts'

export const layers = [randomBytes(200_000), randomBytes(1000), Buffer.from('third')]
export const order: OwnOrder = {
  purpose: 'cluster',
  image: 'registry.example.com/team/app:1',
  digest: null,
  secret: 'registry-login',
  clusterId: null,
  buildId: null,
}

const patience = { stallMs: 100, retries: 1, pauseMs: 1 }

export class ScriptedPull {
  readonly engine = new PullingEngine()
  readonly ledger: Ledger
  readonly loads: PullParts['loads'] = new SharedWork()
  ticket = fakeTicket({ layers })
  version = 'v1'
  username = 'u'
  password = 'p'
  server = 'registry.example.com'
  /** What the secret manager has by now, while the cache has `server`. */
  mendedServer: string | null = null
  /** What happens while the secret manager is asked. */
  duringRead: () => Promise<void> = () => Promise.resolve()
  /** The problem with which the secret manager refuses. */
  secretProblem: Problem | null = null
  /** Whether a secret is in the cache, unless it is bypassed. */
  isKept = false
  /** What the login may do beyond pulling, and how many pulls are reported as left. */
  rights: Rights = { push: null, withoutLogin: false }
  pullsLeft: string | null = null
  /** How often the registry is asked again. */
  retries = 0
  /** What the registry says when asked how to log in. */
  ask: RegistryClient['ask'] = () => Promise.resolve({ status: 401, header: () => null, all: () => [] })
  /** What the registry does when asked. */
  answer: (order: AdmitOrder) => FakeTicket | Promise<FakeTicket> = () => this.ticket

  /** For each read of the secret, whether it bypassed the cache. */
  readonly reads: boolean[] = []
  readonly orders: AdmitOrder[] = []
  readonly events: NodePullEvent[] = []
  steps: readonly StepReport[] = []

  private constructor(ledger: Ledger) {
    this.ledger = ledger
  }

  static async open(): Promise<ScriptedPull> {
    return new ScriptedPull(await Ledger.open(null))
  }

  parts(policy: unknown = {}): PullParts {
    return {
      nodeId: null,
      provider: 'local',
      context: {},
      secrets: {
        read: async (_reference, { fresh = false, onReach }) => {
          this.reads.push(fresh)
          onReach?.('asked')
          await this.duringRead()
          if (this.secretProblem !== null) throw this.secretProblem
          onReach?.('read')
          if (fresh) this.server = this.mendedServer ?? this.server
          const [username, password] = [new Redacted(this.username), new Redacted(this.password)]
          const login = { username, password, server: new Redacted(this.server) }
          return { login, version: this.version, ...(!fresh && this.isKept && { kept: true }) }
        },
      },
      registry: {
        ask: (...asked) => this.ask(...asked),
        rights: async ({ login }) => {
          if (login === null) throw new TypeError('rights are those of a login')
          return this.rights
        },
        admit: async (asked, { onStep, onManifest, onRetry }) => {
          this.orders.push(asked)
          onStep('challenge')
          for (let retry = 0; retry < this.retries; retry++) onRetry?.()
          onStep('login')
          onStep('resolve')
          const header = (name: string) => (name === 'ratelimit-remaining' ? this.pullsLeft : null)
          onManifest?.({ status: 200, header, all: () => [] })
          const ticket = await this.answer(asked)
          return {
            ...ticket,
            async loginUse(signal) {
              const use = await ticket.loginUse(signal)
              asked.login?.onReach(use === 'proved' ? 'accepted' : 'unproved')
              return use
            },
          }
        },
      },
      engine: this.engine,
      policy: NodePolicy.parse(policy),
      ledger: this.ledger,
      blobs: new BlobStore([], { patience }),
      loads: this.loads,
      onEnd: (event) => this.events.push(event),
    }
  }

  watch(signal = new AbortController().signal): PullWatch {
    return { signal, onSteps: (told) => (this.steps = told) }
  }

  pull(asked: OwnOrder = order, policy: unknown = {}) {
    return openImagePuller(this.parts(policy)).pull(asked, this.watch())
  }

  check(asked: OwnOrder = order, policy: unknown = {}) {
    return openImagePuller(this.parts(policy)).check(asked, this.watch())
  }

  stepWords(): readonly string[] {
    return this.steps.map(({ step, status }) => `${step} ${status}`)
  }

  records(): readonly PullRecord[] {
    return this.ledger.unacknowledged(100)
  }
}
