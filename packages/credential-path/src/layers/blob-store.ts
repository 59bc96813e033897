/**
 * The blobs that this process fetches for its engines. All readers of one blob wait for one fetch, whatever their ranges; what was received
 * stays for a while, so that an interrupted pull fetches only what is missing. What a blob's readers get is right, or not whole.
 */
import { interruption } from '../process/until-aborted.ts'
import type { BlobSource, ByteRange, Descriptor, Repository } from '../registry/image/pull-ticket.ts'
import type { BlobRoom } from './blob-room.ts'
import { helpfulConnections } from './fetch-plan.ts'
import { RegistryLanes } from './registry-lanes.ts'
import { defaultPatience, type BlobPatience, type BlobWatch } from './resumed-span.ts'
import { SharedBlob } from './shared-blob.ts'
import { partOf, verifiedBlob } from './verified-blob.ts'

/** Of a disk, the engine needs the rest for the same layers, packed and unpacked; of the memory, workloads do. */
const shareOfFree = 1 / 4
const lingerMs = 1000

export interface BlobStoreOptions {
  readonly patience?: BlobPatience
  /** How long a fetch continues that nobody reads. */
  readonly lingerMs?: number
  /** How many connections a registry gets; tests have no speed. */
  readonly helpfulConnections?: typeof helpfulConnections
}

interface Kept {
  readonly blob: SharedBlob
  readonly room: BlobRoom
  /** Set while nobody reads it. */
  expiry: NodeJS.Timeout | null
  /** Not needed after its last reader. */
  isForgotten: boolean
}

export class BlobStore implements AsyncDisposable {
  readonly #rooms: readonly BlobRoom[]
  readonly #options: Required<BlobStoreOptions>
  readonly #lanes: RegistryLanes
  /** The one that was left first is the first. */
  readonly #kept = new Map<string, Kept>()
  readonly #opening = new Map<string, Promise<SharedBlob | null>>()
  /** Bytes of blobs whose file is being made. */
  readonly #promised = new Map<BlobRoom, number>()
  #isOver = false

  /** A blob is kept in the first of these that has room for it. If none has, each reader has a fetch of its own. */
  constructor(rooms: readonly BlobRoom[], options: BlobStoreOptions = {}) {
    this.#rooms = rooms
    this.#options = { patience: defaultPatience, lingerMs, helpfulConnections, ...options }
    this.#lanes = new RegistryLanes(this.#options.helpfulConnections)
  }

  /**
   * A range of a blob, or the whole (null). The last bytes come only after size and digest of the whole are right. Throws only Problems. The
   * caller has made sure that its login may read this repository.
   */
  async *read(
    blob: Descriptor,
    source: BlobSource,
    range: ByteRange | null,
    watch: BlobWatch,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const shared = await this.#blob(source.where, blob)
    if (watch.signal.aborted) throw interruption(watch.signal)
    if (shared !== null) yield* shared.read(source, range ?? { start: 0, end: blob.size }, watch)
    else {
      const chunks = verifiedBlob({ blob, source, patience: this.#options.patience }, watch)
      yield* range === null ? chunks : partOf(chunks, 0, range)
    }
  }

  /** Whether anything of this blob is here, or on its way: if not, whoever reads it asks the registry first. */
  keeps(where: Repository, digest: string): boolean {
    const key = keyOf(where, digest)
    return this.#kept.has(key) || this.#opening.has(key)
  }

  /** Whether ranges of this blob share one fetch. If not, each costs a fetch of the whole, and the caller should serve the whole instead. */
  async mayRange(where: Repository, blob: Descriptor): Promise<boolean> {
    return (await this.#blob(where, blob)) !== null
  }

  /** Frees all that nobody reads: a running pull matters more than a retry. False if there was nothing to free. */
  async makeRoom(): Promise<boolean> {
    const unread = [...this.#kept].filter(([, { blob }]) => !blob.isRead)
    await Promise.all(unread.map(([key]) => this.#discard(key)))
    return unread.length > 0
  }

  /** These blobs are not needed again: each is freed when nobody reads it. */
  async forget(where: Repository, digests: Iterable<string>): Promise<void> {
    const keys = [...digests].map((digest) => keyOf(where, digest))
    await Promise.all(
      keys.map(async (key) => {
        const kept = this.#kept.get(key)
        if (kept?.blob.isRead === false) await this.#discard(key)
        else if (kept !== undefined) kept.isForgotten = true
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#opening.values())
    await Promise.all([...this.#kept.keys()].map((key) => this.#discard(key)))
  }

  /** Null: there is no room for it. */
  async #blob(where: Repository, blob: Descriptor): Promise<SharedBlob | null> {
    const { digest, size } = blob
    if (size === 0) return null
    const key = keyOf(where, digest)
    for (;;) {
      const kept = this.#kept.get(key)
      // A manifest may state another size: that blob is a different one, and wrong.
      if (kept !== undefined) return kept.blob.size === size ? kept.blob : null
      const opening = this.#opening.get(key) ?? this.#open(key, where, blob)
      if ((await opening) === null) return null
    }
  }

  #open(key: string, where: Repository, blob: Descriptor): Promise<SharedBlob | null> {
    const opening = this.#make(key, where, blob).finally(() => this.#opening.delete(key))
    this.#opening.set(key, opening)
    return opening
  }

  async #make(key: string, where: Repository, blob: Descriptor): Promise<SharedBlob | null> {
    for (const room of this.#rooms) {
      const shared = await this.#makeIn(room, key, where, blob)
      if (shared !== null) return shared
    }
    return null
  }

  async #makeIn(room: BlobRoom, key: string, where: Repository, blob: Descriptor): Promise<SharedBlob | null> {
    if (!(await this.#reserve(blob.size, room))) return null
    const { patience, lingerMs } = this.#options
    const lanes = this.#lanes.of(where.registry)
    const parts = { blob, lanes, patience, lingerMs, onUse: () => this.#onUse(key) }
    // An unwritable folder costs a retry, not the first attempt.
    const shared = await SharedBlob.open(room.folder, parts).catch(() => null)
    this.#promise(room, -blob.size)
    if (shared === null) return null
    this.#kept.set(key, { blob: shared, room, expiry: null, isForgotten: false })
    this.#onUse(key)
    return shared
  }

  /** So many bytes, if need be in place of what nobody reads. */
  async #reserve(size: number, room: BlobRoom): Promise<boolean> {
    const free = await room.free()
    const all = [...this.#kept].filter(([, kept]) => kept.room === room)
    const sum = (bytes: (blob: SharedBlob) => number): number =>
      all.reduce((total, [, { blob }]) => total + bytes(blob), 0)
    const budget = Math.floor((free + sum(({ written }) => written)) * shareOfFree)
    let tooMuch = (this.#promised.get(room) ?? 0) + sum((blob) => blob.size) + size - budget
    const unread = all.filter(([, { blob }]) => !blob.isRead)
    const evicted: string[] = []
    for (const [key, { blob }] of unread) {
      if (tooMuch <= 0) break
      tooMuch -= blob.size
      evicted.push(key)
    }
    if (tooMuch > 0 || this.#isOver) return false
    this.#promise(room, size)
    await Promise.all(evicted.map((key) => this.#discard(key)))
    return true
  }

  #promise(room: BlobRoom, bytes: number): void {
    this.#promised.set(room, (this.#promised.get(room) ?? 0) + bytes)
  }

  /** A blob got its first reader, lost its last, or is spoiled. */
  #onUse(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    if (kept.expiry !== null) clearTimeout(kept.expiry)
    kept.expiry = null
    if (kept.blob.isSpoiled) {
      this.#kept.delete(key)
      return kept.blob.retire()
    }
    if (kept.blob.isRead) return
    if (kept.isForgotten) return void this.#discard(key)
    kept.expiry = setTimeout(() => void this.#discard(key), kept.room.keptMs).unref()
    this.#kept.delete(key)
    this.#kept.set(key, kept)
  }

  async #discard(key: string): Promise<void> {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    if (kept.expiry !== null) clearTimeout(kept.expiry)
    await kept.blob.discard()
  }
}

/** S11: what came from one repository is of no use to another, whose rights are its own. */
const keyOf = ({ registry, repository }: Repository, digest: string): string =>
  JSON.stringify([registry, repository, digest])
