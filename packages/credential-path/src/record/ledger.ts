/**
 * What this node knows of its pulls, as lines that are only ever added and are on the disk before a call returns: the records in their
 * chain, which of them the control plane has, which images were proved (S11) and which layers were verified, from where (S16).
 */
import { type NodeId, type PullId } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { type PullRecord } from '@fairlead/contract/wire'
import type { ImageProof, LayerPair, LedgerEntry } from './ledger-entry.ts'
import { LedgerFile } from './ledger-file.ts'
import { chainRecord, continuesChain, emptyChain, type ChainHead, type UnchainedRecord } from './record-chain.ts'

export interface Repository {
  /** The registry's key, under which its names are one. */
  readonly registry: string
  readonly repository: string
}

export class Ledger implements AsyncDisposable {
  readonly #file: LedgerFile | null
  readonly #waiting = new Map<PullId, PullRecord>()
  readonly #proofs = new Map<string, ImageProof>()
  readonly #layers = new Map<string, Set<string>>()
  /** Of each node that this machine was: a new one begins a chain of its own. */
  readonly #heads = new Map<NodeId | null, ChainHead>()
  readonly #own: NodeId | null
  #intact = true
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(file: LedgerFile | null, own: NodeId | null) {
    this.#file = file
    this.#own = own
  }

  /** `stateDir` null: kept in memory only, for one pull that nobody asks about later. `own`: the node whose records are told. */
  static async open(stateDir: string | null, own: NodeId | null = null): Promise<Ledger> {
    if (stateDir === null) return new Ledger(null, own)
    const { file, entries } = await LedgerFile.open(stateDir)
    const ledger = new Ledger(file, own)
    for (const entry of entries) ledger.#apply(entry)
    return ledger
  }

  /** Whether the records that were found at the start form one unaltered chain for each node. */
  get intact(): boolean {
    return this.#intact
  }

  /** Puts a record at the end of the chain. */
  async append(record: UnchainedRecord): Promise<PullRecord> {
    const { promise, resolve } = Promise.withResolvers<PullRecord>()
    await this.#write(() => {
      const chained = chainRecord(record, this.#headOf(record.node_id))
      resolve(chained)
      return [{ kind: 'record', record: chained }]
    })
    return promise
  }

  /** Remembers what was proved; both are on the disk before a container is made of it. */
  async prove(where: Repository, pairs: readonly LayerPair[], proof: ImageProof): Promise<void> {
    await this.#write(() => {
      const unknown = pairs.filter((pair) => !this.hasLayer(where, pair))
      const image: LedgerEntry = { kind: 'image', proof }
      return unknown.length === 0 ? [image] : [{ kind: 'layers', ...where, pairs: unknown }, image]
    })
  }

  /** The newest proof of this very digest from there. */
  proofOf(where: Repository, digest: string): ImageProof | null {
    return this.#proofs.get(proofKey(where, digest)) ?? null
  }

  hasLayer(where: Repository, pair: LayerPair): boolean {
    return this.#layers.get(repositoryKey(where))?.has(pairKey(pair)) ?? false
  }

  /** The oldest records that the control plane does not have yet. */
  unacknowledged(limit: number): readonly PullRecord[] {
    return this.#waiting.values().take(limit).toArray()
  }

  /** Not waited for: a record that is told twice counts once. */
  acknowledge(records: readonly Pick<PullRecord, 'id'>[]): void {
    const ids = records.map(({ id }) => id).filter((id) => this.#waiting.has(id))
    for (const id of ids) this.#waiting.delete(id)
    if (ids.length === 0) return
    this.#write(() => [{ kind: 'acknowledged', ids }]).catch(() => 'they are told again after a restart')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing
    await this.#file?.[Symbol.asyncDispose]()
  }

  /** One write after the other: the chain has one end. What another process added counts before `make` is asked. */
  #write(make: () => readonly LedgerEntry[]): Promise<void> {
    const turn = this.#writing.then(async () => {
      let made: readonly LedgerEntry[] = []
      const afterNews = (news: readonly LedgerEntry[]): readonly LedgerEntry[] => {
        for (const entry of news) this.#apply(entry)
        made = make()
        return made
      }
      try {
        if (this.#file === null) afterNews([])
        else await this.#file.append(afterNews)
      } catch (error) {
        throw writeProblem(error)
      }
      for (const entry of made) this.#apply(entry)
    })
    this.#writing = turn.catch(() => 'told to the one who asked for it')
    return turn
  }

  #apply(entry: LedgerEntry): void {
    switch (entry.kind) {
      case 'record':
        this.#applyRecord(entry.record)
        return
      case 'image':
        this.#proofs.set(proofKey(entry.proof, entry.proof.digest), entry.proof)
        return
      case 'layers':
        this.#rememberLayers(entry, entry.pairs)
        return
      case 'acknowledged':
        for (const id of entry.ids) this.#waiting.delete(id)
    }
  }

  #applyRecord(record: PullRecord): void {
    this.#intact &&= continuesChain(record, this.#headOf(record.node_id))
    this.#heads.set(record.node_id, { sequence: record.sequence, hash: record.hash })
    // Those of a node that this machine was are nobody's to tell any more; they stay in the file.
    if (record.node_id === this.#own) this.#waiting.set(record.id, record)
  }

  #headOf(nodeId: NodeId | null): ChainHead {
    return this.#heads.get(nodeId) ?? emptyChain
  }

  #rememberLayers(where: Repository, pairs: readonly LayerPair[]): void {
    const known = this.#layers.get(repositoryKey(where)) ?? new Set()
    for (const pair of pairs) known.add(pairKey(pair))
    this.#layers.set(repositoryKey(where), known)
  }
}

// A line break is in no registry, repository or digest.
const repositoryKey = ({ registry, repository }: Repository): string => `${registry}\n${repository}`
const proofKey = (where: Repository, digest: string): string => `${repositoryKey(where)}\n${digest}`
const pairKey = ({ layer, diffId }: LayerPair): string => `${layer} ${diffId}`

function writeProblem(error: unknown): unknown {
  if (isProblem(error)) return error
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOSPC' || code === 'EDQUOT' ? problem('NODE_DISK_FULL') : problem('INTERNAL')
}
