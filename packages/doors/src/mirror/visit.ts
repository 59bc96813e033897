/**
 * One pull of an engine through the mirror, from the first manifest to the last blob: it finds the login as our own pull does, opens the
 * image's repository with it, and becomes one record. The engine chooses what to fetch; we check what it gets.
 */
import type { ImageReference } from '@fairlead/contract/names'
import type { PodName } from '@fairlead/contract/wire'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import {
  repositoryOf,
  type ByteRange,
  type Descriptor,
  type Repository,
} from '@fairlead/credential-path/registry/image/pull-ticket'
import type { PassedManifest } from '@fairlead/credential-path/registry/image/manifest'
import type { ManifestHead, OpenRepository } from '@fairlead/credential-path/registry/repository'
import type { RegistryClient } from '@fairlead/credential-path/registry/registry-client'
import type { DoorOrder } from '@fairlead/credential-path/image-puller'
import type { PullParts } from '@fairlead/credential-path/pull/pull-parts'
import { readLogin } from '@fairlead/credential-path/pull/read-login'
import { allowedImage } from '@fairlead/credential-path/pull'
import { provedDecision } from '@fairlead/credential-path/record/decision'
import { endAttempt } from '@fairlead/credential-path/record/end-attempt'
import type { PodsFor } from '@fairlead/credential-path/record/pods-for'
import { PullAttempt } from '@fairlead/credential-path/record/pull-attempt'

export interface VisitParts extends PullParts {
  readonly registry: PullParts['registry'] & Pick<RegistryClient, 'open'>
  /** Only on a Kubernetes node that knows its pods. */
  readonly podsFor?: PodsFor
}

/** How long the registry's answer, that this node's login may have a blob, holds for the bytes we kept of it. */
const givenForMs = 5 * 60_000

interface KnownBlob {
  readonly size: number
  /** On the monotonic clock, when the registry last gave it to this login; null: only a manifest named it. */
  readonly givenAt: number | null
}

export interface VisitOptions {
  readonly order: DoorOrder
  readonly image: ImageReference
  /** The tag or digest that it begins with; null if an engine resumes, and asks for a blob at once. */
  readonly reference: string | null
  readonly parts: VisitParts
}

export interface OpenBlob {
  readonly blob: Descriptor
  /** Whether ranges share one fetch; if not, there is no room, and only the whole is served. */
  readonly mayRange: boolean
  /** The pull has ended, whether or not the engine has read everything. */
  readonly over: AbortSignal
  /** The last bytes come only after size and digest of the whole are right. */
  readonly read: (range: ByteRange | null, hungUp: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>
}

/** What the tag of a visit names now is another image, whose pull is another visit. */
export class TagMoved extends Error {}

export class Visit {
  readonly #attempt: PullAttempt
  readonly #parts: VisitParts
  readonly #where: Repository
  readonly #reference: string | null
  readonly #repository: Promise<OpenRepository>
  readonly #stop = new AbortController()
  /** By digest: what the manifests of this pull name, and what was asked for besides. */
  readonly #known = new Map<string, KnownBlob>()
  /** What failed, until it works: an engine may repeat a request. */
  readonly #failures = new Map<string, Problem>()
  #phase: 'resolve' | 'pull' | null = null
  #use: Promise<void> | null = null
  #refusedAt: number | null = null
  readonly #begunAt = performance.now()
  readonly #since = Date.now()
  /** Requests that wait for the registry, or for bytes of a blob. */
  #unanswered = 0

  constructor({ order, image, reference, parts }: VisitOptions) {
    // Only when its turn comes, so that a door whose secret is for another registry asks nobody.
    const inTurn = { ...parts, registry: { ...parts.registry, ask: null } }
    this.#attempt = new PullAttempt(order, inTurn, { signal: this.#stop.signal, onSteps: () => undefined })
    this.#parts = parts
    this.#where = repositoryOf(image)
    this.#reference = reference
    this.#repository = this.#open()
    // Thrown to each request that waits for it.
    this.#repository.catch(() => (this.#refusedAt = performance.now()))
  }

  /** Whether a request for this manifest or blob belongs to this pull: what it began with, or what its manifests name. */
  includes(reference: string): boolean {
    return reference === this.#reference || this.#known.has(reference)
  }

  /**
   * Milliseconds since the login was not found, or the registry rejected it: every request of this pull gets the same refusal. Null if
   * that did not happen.
   */
  get refusedForMs(): number | null {
    return this.#refusedAt === null ? null : performance.now() - this.#refusedAt
  }

  get ageMs(): number {
    return performance.now() - this.#begunAt
  }

  /** Whether an engine still waits for something that it asked for. */
  get isBusy(): boolean {
    return this.#unanswered > 0
  }

  head(reference: string): Promise<ManifestHead> {
    return this.#during(reference, async (repository) => {
      const head = await this.#resolved(repository, reference, repository.head(reference, this.#stop.signal))
      // By this digest the engine asks for the manifest next.
      this.#name(head)
      return head
    })
  }

  manifest(reference: string): Promise<PassedManifest> {
    return this.#during(reference, async (repository) => {
      const manifest = await this.#resolved(repository, reference, repository.manifest(reference, this.#stop.signal))
      this.#take(manifest)
      return manifest
    })
  }

  referrers(digest: string, query: string): Promise<PassedManifest> {
    // Many registries know none, which says nothing about the pull.
    return this.#during(null, async (repository) => {
      const index = await repository.referrers(digest, query, this.#stop.signal)
      this.#take(index)
      return index
    })
  }

  /** A blob, after the registry gave it to this node's login within five minutes. */
  blob(digest: string): Promise<OpenBlob> {
    return this.#during(digest, async (repository) => {
      if (this.#phase !== 'pull') this.#attempt.steps.begin('pull')
      this.#phase = 'pull'
      const blob = { mediaType: 'application/octet-stream', digest, size: await this.#sizeOf(digest, repository) }
      const { blobs } = this.#parts
      return {
        blob,
        mayRange: await blobs.mayRange(this.#where, blob),
        over: this.#stop.signal,
        read: (range, hungUp) => this.#read(blob, range, repository, hungUp),
      }
    })
  }

  /** The pull is over, and becomes a record. `because`: what ended it while the engine was still pulling. */
  async end(because: Problem | null): Promise<void> {
    const failure = [...this.#failures.values()].at(-1) ?? because
    if (failure === null) this.#attempt.steps.done()
    else this.#attempt.steps.failed()
    this.#stop.abort(because ?? problem('INTERRUPTED'))
    this.#attempt.pods = await this.#pods()
    await endAttempt(this.#attempt, failure?.code ?? null)
  }

  async #pods(): Promise<readonly PodName[] | null> {
    if (this.#parts.podsFor === undefined || this.#reference === null) return null
    return this.#parts.podsFor({ ...this.#where, reference: this.#reference, since: this.#since })
  }

  async #open(): Promise<OpenRepository> {
    const attempt = this.#attempt
    const image = allowedImage(attempt)
    const login = await readLogin(image, attempt)
    const hooks = {
      onStep: (step: 'challenge' | 'login') => attempt.steps.begin(step),
      onRetry: () => attempt.tally.retries++,
    }
    const order = { image, login: login.bound, renewLogin: login.renew }
    return this.#parts.registry.open(order, hooks, this.#stop.signal)
  }

  /** The first manifest also shows whether the registry knows the login, which goes on record. */
  async #resolved<Found extends ManifestHead>(
    repository: OpenRepository,
    reference: string,
    finding: Promise<Found>,
  ): Promise<Found> {
    if (this.#phase === null) this.#attempt.steps.begin('resolve')
    this.#phase ??= 'resolve'
    this.#use ??= repository.loginUse(reference, this.#stop.signal).then((use) => {
      this.#attempt.decision = provedDecision(this.#attempt.decision, use)
    })
    const [found] = await Promise.all([finding, this.#use])
    this.#attempt.digest ??= found.digest
    if (reference === this.#reference && found.digest !== this.#attempt.digest) throw new TagMoved()
    return found
  }

  /** Throws IMAGE_TOO_LARGE. */
  #take({ imageBytes, ...manifest }: PassedManifest): void {
    if (imageBytes !== null) this.#attempt.totalBytes = this.#allowedSize(imageBytes)
    this.#name(manifest)
    for (const named of manifest.names) this.#name(named)
  }

  #name({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): void {
    if (!this.#known.has(digest)) this.#known.set(digest, { size, givenAt: null })
  }

  async #sizeOf(digest: string, repository: OpenRepository): Promise<number> {
    const { registry, repository: path } = this.#where
    const known = this.#known.get(digest)
    if (known?.givenAt != null && performance.now() - known.givenAt < givenForMs) return known.size
    // The fetch itself will ask.
    if (known !== undefined && !this.#parts.blobs.keeps(this.#where, digest)) return this.#allowedSize(known.size)
    const size = (await repository.blobSize(digest, this.#stop.signal)) ?? known?.size
    if (size === undefined) throw problem('REGISTRY_PROTOCOL', { registry })
    // Whether the manifest or the registry is wrong, the bytes cannot be right.
    if (known !== undefined && known.size !== size) throw problem('IMAGE_CORRUPT', { registry, repository: path })
    this.#known.set(digest, { size, givenAt: performance.now() })
    return this.#allowedSize(size)
  }

  /** Of a blob or of an image. Throws IMAGE_TOO_LARGE. */
  #allowedSize(bytes: number): number {
    const limit_bytes = this.#parts.policy.max_image_bytes
    if (bytes > limit_bytes) throw problem('IMAGE_TOO_LARGE', { bytes, limit_bytes })
    return bytes
  }

  async *#read(
    blob: Descriptor,
    range: ByteRange | null,
    source: OpenRepository,
    hungUp: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const onFetched = (bytes: number): void => {
      this.#attempt.bytes += bytes
      this.#known.set(blob.digest, { size: blob.size, givenAt: performance.now() })
    }
    const signal = AbortSignal.any([this.#stop.signal, hungUp])
    let left = range === null ? blob.size : range.end - range.start
    if (left > 0) this.#unanswered++
    try {
      for await (const chunk of this.#parts.blobs.read(blob, source, range, { signal, onFetched })) {
        left -= chunk.length
        // The engine may be gone with its last byte before we are asked for more.
        if (left === 0) this.#unanswered--
        yield chunk
      }
      this.#failures.delete(blob.digest)
    } catch (error) {
      this.#failures.set(blob.digest, asProblem(error))
      throw error
    } finally {
      if (left > 0) this.#unanswered--
    }
    this.#attempt.steps.bytes(this.#attempt.bytes, this.#attempt.totalBytes ?? this.#attempt.bytes)
  }

  /** `what`: under which a failure is noted; null: not at all. */
  async #during<Result>(what: string | null, work: (repository: OpenRepository) => Promise<Result>): Promise<Result> {
    this.#unanswered++
    try {
      const result = await work(await this.#repository)
      if (what !== null) this.#failures.delete(what)
      return result
    } catch (error) {
      if (what !== null && !(error instanceof TagMoved)) this.#failures.set(what, asProblem(error))
      throw error
    } finally {
      this.#unanswered--
    }
  }
}

const asProblem = (error: unknown): Problem => (isProblem(error) ? error : problem('INTERNAL'))
