/** Walks the credential path for one image without the pull: runs the pull path's own code with a listener at each step. */
import { formatImageReference, registryOf, type ImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { adviceFor } from '@fairlead/contract/wire'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { admit } from '@fairlead/credential-path/pull/admit'
import { assertUnpackable } from '@fairlead/credential-path/pull/assert-unpackable'
import { holdsImage } from '@fairlead/credential-path/pull/load-into-engine'
import { Ledger } from '@fairlead/credential-path/record/ledger'
import { allowedImage } from '@fairlead/credential-path/pull'
import type { PullParts } from '@fairlead/credential-path/pull/pull-parts'
import { PullAttempt } from '@fairlead/credential-path/record/pull-attempt'
import { readLogin, type SecretLogin } from '@fairlead/credential-path/pull/read-login'
import { BlobStore } from '@fairlead/credential-path/layers/blob-store'
import type { PullTicket } from '@fairlead/credential-path/registry/image/pull-ticket'
import type { RegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { judgeRoom } from '@fairlead/credential-path/pull/disk-room'
import { SharedWork } from '@fairlead/credential-path/pull/shared-work'
import type { DoctorParts } from './doctor-parts.ts'
import { learnPlace, nowhere, type Place } from './learn-place.ts'
import type { DoctorWarning } from './doctor-report.ts'
import { isLoginFor } from './docker-logins.ts'
import type { SeenEngine } from './look-at-engine.ts'
import { registryWatch, type RegistryWatch } from './registry-watch.ts'
import { shownServer } from './shown-server.ts'
import type { StepList } from './step-list.ts'
import { dockerLoginWarning, rateWarning, tightWarning } from './warnings.ts'

export interface PathQuestion {
  readonly image: string
  /** Null: anonymous. */
  readonly secret: string | null
}

export interface PathAnswer {
  readonly warnings: readonly DoctorWarning[]
  /** Null if it is the image's own, or may be something other than a host. */
  readonly serverOfSecret: string | null
}

export async function checkPath(
  question: PathQuestion,
  policy: NodePolicy,
  engine: SeenEngine,
  parts: DoctorParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<PathAnswer> {
  await using path = await openPath(question, policy, parts, steps, signal)
  return await path.walk(engine)
}

async function openPath(
  question: PathQuestion,
  policy: NodePolicy,
  parts: DoctorParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<ExaminedPath> {
  const ledger = await Ledger.open(null)
  return new ExaminedPath(question, policy, parts, ledger, steps, signal)
}

/** Rights are checked only for warnings, so they must not hold up the rest. */
const rightsWithinMs = 15_000

class ExaminedPath implements AsyncDisposable {
  readonly #question: PathQuestion
  readonly #policy: NodePolicy
  readonly #parts: DoctorParts
  readonly #ledger: Ledger
  readonly #steps: StepList
  readonly #signal: AbortSignal
  readonly #attempt: PullAttempt
  readonly #watch: RegistryWatch
  readonly #registry: RegistryClient
  readonly #warnings: DoctorWarning[] = []
  #place: Place = nowhere
  #server: string | null = null

  constructor(
    question: PathQuestion,
    policy: NodePolicy,
    parts: DoctorParts,
    ledger: Ledger,
    steps: StepList,
    signal: AbortSignal,
  ) {
    this.#question = question
    this.#policy = policy
    this.#parts = parts
    this.#ledger = ledger
    this.#steps = steps
    this.#signal = signal
    this.#watch = registryWatch(steps, policy)
    this.#registry = parts.openRegistry(policy, this.#watch.onConnection)
    const { image, secret } = question
    const order = { purpose: 'check', image, secret, digest: null, clusterId: null, buildId: null } as const
    this.#attempt = new PullAttempt(order, this.#pullParts(), { signal, onSteps: () => undefined })
  }

  async walk(engine: SeenEngine): Promise<PathAnswer> {
    const image = await this.#steps.take('image', () => allowedImage(this.#attempt), nameOf)
    const place = await this.#learnPlace()
    this.#place = place ?? nowhere
    if (image !== null) {
      const login = place === null ? null : await this.#login(image)
      const ticket = login === null ? null : await this.#admit(image, login, engine)
      if (login === null) await this.#challengeAlone(image)
      if (ticket !== null) await this.#room(ticket, engine)
      await this.#rights(image, login, ticket)
      await this.#dockerLogins(image)
    }
    return {
      warnings: this.#warnings,
      serverOfSecret: this.#steps.hasFailed('match', 'CREDENTIAL_SERVER_MISMATCH') ? this.#server : null,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#attempt.steps.done()
    await this.#registry[Symbol.asyncDispose]()
    await this.#ledger[Symbol.asyncDispose]()
  }

  /** Null if the node does not know what it is: steps that need a secret then stop. */
  async #learnPlace(): Promise<Place | null> {
    if (this.#question.secret === null) {
      for (const step of ['identity', 'secret', 'parse', 'match'] as const) this.#steps.skip(step)
      return nowhere
    }
    return learnPlace(this.#parts, this.#policy, this.#steps, this.#signal)
  }

  async #login(image: ImageReference): Promise<SecretLogin | null> {
    const ask = () => readLogin(image, this.#attempt)
    if (this.#question.secret === null) return ask()
    const registry = registryOf(image).key
    return this.#steps.take('secret', ask, () => ({ registry, decision: this.#attempt.decision }))
  }

  async #admit(
    image: ImageReference,
    login: SecretLogin,
    { platform, version }: SeenEngine,
  ): Promise<PullTicket | null> {
    this.#watch.begin(image)
    const ask = async () => {
      const ticket = await admit(image, login, platform, this.#attempt)
      const config = await ticket.imageConfig
      assertUnpackable(ticket, version)
      return { ticket, config }
    }
    const admitted = await this.#steps.take(
      'reach',
      () => this.#watch.naming(ask()),
      ({ config }) => ({ platform: config.platform }),
    )
    return admitted?.ticket ?? null
  }

  /** Without a login, the registry and its realm can still be examined; nothing is sent to either. */
  async #challengeAlone(image: ImageReference): Promise<void> {
    this.#watch.begin(image)
    await this.#steps.take('reach', async () => {
      this.#watch.onPlan(await this.#watch.naming(this.#registry.challenge(image, this.#signal)))
    })
  }

  async #room(ticket: PullTicket, { dataRoot }: SeenEngine): Promise<void> {
    const { engine, freeBytes } = this.#parts
    // A checker pulls nothing, and if Docker does not answer its disk is unknown.
    if (engine === null || dataRoot === null) {
      return this.#steps.skip('disk', engine === null ? 'not_needed' : 'not_reached')
    }
    const look = async () => {
      const isHere = await holdsImage(ticket, engine, this.#signal)
      const free = await freeBytes(dataRoot)
      const room = judgeRoom({
        imageBytes: isHere ? 0 : ticket.totalBytes,
        freeBytes: free ?? Infinity,
        reserveBytes: this.#policy.disk_reserve_bytes,
      })
      if (room === 'full') throw problem('NODE_DISK_FULL')
      if (room === 'tight') this.#warnings.push(tightWarning())
      return { size_bytes: ticket.totalBytes, already_here: isHere, ...(free !== null && { free_bytes: free }) }
    }
    await this.#steps.take('disk', look, (findings) => findings)
  }

  /** Whether the login allows more than pulling, and whether it is needed at all. */
  async #rights(image: ImageReference, login: SecretLogin | null, ticket: PullTicket | null): Promise<void> {
    const registry = registryOf(image).key
    const rate = this.#attempt.rate === null ? null : rateWarning(registry, this.#attempt.rate)
    if (rate !== null) this.#warnings.push(rate)
    // Ask nothing of a refused realm, or of a registry that has not answered before.
    if (this.#question.secret === null || !this.#watch.isAnswered()) return
    const bound = ticket === null ? null : (login?.bound ?? null)
    const within = AbortSignal.any([this.#signal, AbortSignal.timeout(rightsWithinMs)])
    const rights = await this.#registry.rights({ image, login: bound, digest: ticket?.digest ?? null }, within)
    if (rights.push) this.#warnings.push(adviceFor('LOGIN_MAY_PUSH', registry))
    if (ticket !== null && (await ticket.loginUse(within)) === 'unproved') {
      this.#warnings.push(adviceFor('LOGIN_UNPROVED', registry))
    } else if (rights.withoutLogin) this.#warnings.push(adviceFor('LOGIN_NOT_NEEDED', registry))
  }

  async #dockerLogins(image: ImageReference): Promise<void> {
    const { key } = registryOf(image)
    const entries = (await this.#parts.dockerLogins()).filter((entry) => isLoginFor(entry, key))
    const left = dockerLoginWarning(this.#parts.dockerConfig, entries)
    if (left !== null) this.#warnings.push(left)
  }

  #pullParts(): PullParts {
    const context = () => this.#place.context
    return {
      nodeId: null,
      provider: this.#parts.provider,
      get context() {
        return context()
      },
      secrets: { read: (...asked) => this.#read(...asked) },
      registry: {
        ask: null,
        rights: (order, signal) => this.#registry.rights(order, signal),
        admit: (order, hooks, signal) =>
          this.#registry.admit(
            order,
            {
              ...hooks,
              onStep: (step) => {
                hooks.onStep(step)
                this.#watch.onStep(step)
              },
              onPlan: this.#watch.onPlan,
              onPermitted: this.#watch.onPermitted,
            },
            signal,
          ),
      },
      engine: this.#parts.engine,
      policy: this.#policy,
      ledger: this.#ledger,
      blobs: new BlobStore([]),
      loads: new SharedWork(),
    }
  }

  async #read(...asked: Parameters<Place['secrets']['read']>) {
    const found = await this.#place.secrets.read(...asked)
    this.#server = found.login.server.spend(shownServer)
    // A cached secret that does not fit is read again, bypassing the cache.
    if (this.#steps.running !== 'secret') return found
    this.#steps.done({ version: found.version })
    // It was part of the read.
    this.#steps.add('parse')
    this.#steps.begin('match')
    return found
  }
}

const nameOf = (image: ImageReference) => ({ name: formatImageReference(image), registry: registryOf(image).key })
