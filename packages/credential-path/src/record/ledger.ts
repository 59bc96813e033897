/**
 * What this node knows about its pulls, as append-only lines that are on the disk before a call returns: the chained records, which of them
 * the control plane has, which images were proved (S11), and which layers were verified, and from where (S16).
 */
import { type NodeId, type PullId } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { type PullRecord } from '@fairlead/contract/wire'
import type { Repository } from '../registry/image/pull-ticket.ts'
import type { ImageProof, LayerPair, LedgerEntry } from './ledger-entry.ts'
import { LedgerFile, type LedgerReader } from './ledger-file.ts'
import { chainRecord, emptyChain, type ChainHead, type UnchainedRecord } from './record-chain.ts'

export class Ledger implements AsyncDisposable {
  #file: LedgerFile | null = null
  readonly #proofs = new Map<string, ImageProof>()
  readonly #layers = new Map<string, KnownLayers>()
  /** For each node this machine has been: a new node starts its own chain. */
  readonly #heads = new Map<NodeId | null, ChainHead>()
  /** Of each of those nodes, since any process of this machine may begin the next file. */
  readonly #waiting = new Map<PullId, PullRecord>()
  readonly #own: NodeId | null
  #writing: Promise<unknown> = Promise.resolve()

  readonly #reader: LedgerReader = {
    apply: (entry) => this.#apply(entry),
    standing: () => this.#standing(),
  }

  private constructor(own: NodeId | null) {
    this.#own = own
  }

  /** `stateDir` null: kept in memory only, for a single pull that is not queried later. `own`: the node whose records are reported. */
  static async open(stateDir: string | null, own: NodeId | null = null): Promise<Ledger> {
    const ledger = new Ledger(own)
    if (stateDir !== null) ledger.#file = await LedgerFile.open(stateDir, ledger.#reader)
    return ledger
  }

  /** Appends a record to the chain. */
  async append(record: UnchainedRecord): Promise<PullRecord> {
    const { promise, resolve } = Promise.withResolvers<PullRecord>()
    await this.#write(() => {
      const chained = chainRecord(record, this.#headOf(record.node_id))
      resolve(chained)
      return [{ kind: 'record', record: chained }]
    })
    return promise
  }

  /** Stores what was proved; both are on the disk before a container is made from it. */
  async prove(pairs: readonly LayerPair[], proof: ImageProof): Promise<void> {
    await this.#write(() => {
      const { registry, repository } = proof
      const unknown = pairs.filter((pair) => !this.hasLayer(proof, pair))
      const image: LedgerEntry = { kind: 'image', proof }
      return unknown.length === 0 ? [image] : [{ kind: 'layers', registry, repository, pairs: unknown }, image]
    })
  }

  /** The newest proof of this exact digest from there. */
  proofOf(where: Repository, digest: string): ImageProof | null {
    return this.#proofs.get(proofKey(where, digest)) ?? null
  }

  hasLayer(where: Repository, pair: LayerPair): boolean {
    return this.#layers.get(repositoryKey(where))?.pairs.has(pairKey(pair)) ?? false
  }

  /** The oldest records that the control plane does not have yet. */
  unacknowledged(limit: number): readonly PullRecord[] {
    return this.#waiting
      .values()
      .filter(({ node_id }) => node_id === this.#own)
      .take(limit)
      .toArray()
  }

  /** Not awaited: a record reported twice counts once. */
  acknowledge(records: readonly Pick<PullRecord, 'id'>[]): void {
    const ids = records.map(({ id }) => id).filter((id) => this.#waiting.has(id))
    for (const id of ids) this.#waiting.delete(id)
    if (ids.length === 0) return
    this.#write(() => [{ kind: 'acknowledged', ids }]).catch(() => 'they are reported again after a restart')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing
    await this.#file?.[Symbol.asyncDispose]()
  }

  /** Writes run one after another, since the chain has one end. Entries added by other processes are read before `make` is called. */
  #write(make: () => readonly LedgerEntry[]): Promise<void> {
    const turn = this.#writing.then(async () => {
      try {
        if (this.#file === null) for (const entry of make()) this.#apply(entry)
        else await this.#file.append(make)
      } catch (error) {
        throw writeProblem(error)
      }
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
        return
      case 'checkpoint':
        for (const head of entry.heads) this.#heads.set(head.node_id, head)
        this.#waiting.clear()
        for (const record of entry.waiting) this.#waiting.set(record.id, record)
    }
  }

  #applyRecord(record: PullRecord): void {
    const { id, node_id, sequence, hash } = record
    this.#heads.set(node_id, { sequence, hash })
    this.#waiting.set(id, record)
  }

  #standing(): readonly LedgerEntry[] {
    const heads = [...this.#heads].map(([node_id, { sequence, hash }]) => ({ node_id, sequence, hash }))
    const layers = [...this.#layers.values()].map(({ pairs, ...where }): LedgerEntry => ({
      kind: 'layers',
      ...where,
      pairs: [...pairs.values()],
    }))
    const images = [...this.#proofs.values()].map((proof): LedgerEntry => ({ kind: 'image', proof }))
    // A pull without a control plane is reported to nobody.
    const waiting = [...this.#waiting.values()].filter(({ node_id }) => node_id !== null)
    return [{ kind: 'checkpoint', heads, waiting }, ...layers, ...images]
  }

  #headOf(nodeId: NodeId | null): ChainHead {
    return this.#heads.get(nodeId) ?? emptyChain
  }

  #rememberLayers({ registry, repository }: Repository, pairs: readonly LayerPair[]): void {
    const key = repositoryKey({ registry, repository })
    const known = this.#layers.get(key) ?? { registry, repository, pairs: new Map() }
    for (const pair of pairs) known.pairs.set(pairKey(pair), pair)
    this.#layers.set(key, known)
  }
}

interface KnownLayers extends Repository {
  readonly pairs: Map<string, LayerPair>
}

// No registry, repository or digest contains a line break.
const repositoryKey = ({ registry, repository }: Repository): string => `${registry}\n${repository}`
const proofKey = (where: Repository, digest: string): string => `${repositoryKey(where)}\n${digest}`
const pairKey = ({ layer, diffId }: LayerPair): string => `${layer} ${diffId}`

function writeProblem(error: unknown): unknown {
  if (isProblem(error)) return error
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOSPC' || code === 'EDQUOT' ? problem('NODE_DISK_FULL') : problem('INTERNAL')
}
