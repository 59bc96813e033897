/** An authenticated node: known, not revoked, with a live session, and every request signed by its key. */
import type { KeyObject } from 'node:crypto'
import { NodeId, type SessionId } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { nodeHeaders } from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import type { NodeRecord } from '../store/records.ts'
import type { Reader, Store } from '../store/store.ts'
import {
  nodePublicKey,
  readSignature,
  requireFresh,
  requireSignature,
  type RequestHead,
  type Signature,
  type SignedRequest,
} from './node-signature.ts'
import { ReplayGuard } from './replay-guard.ts'

export type { RequestHead, SignedRequest }

export interface NodeCaller {
  readonly kind: 'node'
  readonly id: NodeId
}

/** `node-key`: the only request without a session, which opens one. */
export type NodeAccess = 'node' | 'node-key'

export interface AdmittedNode {
  readonly id: NodeId
  readonly key: KeyObject
  readonly signature: Signature
}

const noSession = '-'

interface KnownNode {
  /** As stored until it is first needed: a key object costs more than the text. */
  key: KeyObject | string
  readonly cutOff: Problem | null
}

export interface NodeRecogniserParts {
  readonly store: Store
  readonly clock: Clock
  readonly origin: string
  /** Called for every request that really came from a node. */
  readonly onHeard: (nodeId: NodeId) => void
  /** False while a revocation elsewhere may be missed: the store is then asked every time. */
  readonly mayRemember: () => boolean
}

/** Null for a live node. A node removed without an admin may join again without asking one. */
export function whyCutOff({
  revoked_at,
  revoked_because,
}: Pick<NodeRecord, 'revoked_at' | 'revoked_because'>): Problem | null {
  if (revoked_at === null) return null
  const wentAlone = revoked_because === 'left' || revoked_because === 'silent'
  return problem(wentAlone ? 'NODE_FORGOTTEN' : 'NODE_REVOKED')
}

/** Keys do not change, and a session ends at a known time, so both are remembered; revocations arrive through `forget`. */
export class NodeRecogniser {
  readonly #parts: NodeRecogniserParts
  readonly #nodes = new Map<NodeId, KnownNode>()
  readonly #sessions = new Map<string, { nodeId: NodeId; expiresAt: number }>()
  readonly #replays = new ReplayGuard()
  /** Counts forgotten entries: a lookup that was in flight meanwhile is not remembered. */
  #forgotten = 0

  constructor(parts: NodeRecogniserParts) {
    this.#parts = parts
  }

  /** Learns all nodes and sessions together: after a restart a whole fleet returns, and would be looked up one by one. */
  async recall(): Promise<void> {
    const { store, clock, mayRemember } = this.#parts
    const forgotten = this.#forgotten
    const [nodes, sessions] = [await store.reader.nodes.keys(), await store.reader.sessions.valid(iso(clock()))]
    if (!mayRemember() || forgotten !== this.#forgotten) return
    for (const { id, public_key: key } of nodes) this.#nodes.set(id, { key, cutOff: null })
    for (const { id, node_id: nodeId, expires_at } of sessions) {
      this.#sessions.set(id, { nodeId, expiresAt: Date.parse(expires_at) })
    }
  }

  /**
   * Whether a request can be from a node, judging by its headers: a valid node and session, and a fresh time. Anything else is rejected before its
   * body is read, so that unknown clients never occupy memory (ADR 41).
   */
  async admit({ header }: RequestHead, access: NodeAccess): Promise<AdmittedNode> {
    const { store, clock } = this.#parts
    const named = NodeId.safeParse(header(nodeHeaders.node))
    if (!named.success) throw problem('NODE_SIGNATURE_INVALID')
    const signature = readSignature(header)
    requireFresh(signature, clock())
    const node = await this.#node(store.reader, named.data)
    if (node.cutOff !== null) throw node.cutOff
    const key = (node.key = typeof node.key === 'string' ? nodePublicKey(node.key) : node.key)
    if (access === 'node') await this.#requireSession(store.reader, named.data, signature.session, clock())
    else if (signature.session !== noSession) throw problem('NODE_SIGNATURE_INVALID')
    return { id: named.data, key, signature }
  }

  /** Repeats the checks of `admit`: what was valid before the body arrived may have ended since. */
  async recognise(request: SignedRequest, access: NodeAccess): Promise<NodeCaller> {
    const { clock, origin, onHeard } = this.#parts
    const { id, key, signature } = await this.admit(request, access)
    requireSignature(request, signature, key, origin, clock())
    this.#replays.take(id, signature)
    onHeard(id)
    return { kind: 'node', id }
  }

  forget(nodeId: NodeId): void {
    this.#forgotten += 1
    this.#nodes.delete(nodeId)
    for (const [id, session] of this.#sessions) if (session.nodeId === nodeId) this.#sessions.delete(id)
  }

  forgetAll(): void {
    this.#forgotten += 1
    this.#nodes.clear()
    this.#sessions.clear()
  }

  async forgetExpired(): Promise<void> {
    const now = this.#parts.clock()
    await this.#replays.forgetExpired(now)
    for (const [id, session] of this.#sessions) if (session.expiresAt <= now) this.#sessions.delete(id)
  }

  async #node(reader: Reader, id: NodeId): Promise<KnownNode> {
    const mayRemember = this.#parts.mayRemember()
    const known = this.#nodes.get(id)
    if (known !== undefined && mayRemember) return known
    const forgotten = this.#forgotten
    const found = await reader.nodes.byId(id)
    if (found === null) throw problem('NODE_SIGNATURE_INVALID')
    const node = { key: found.public_key, cutOff: whyCutOff(found) }
    if (mayRemember && forgotten === this.#forgotten) this.#nodes.set(id, node)
    return node
  }

  async #requireSession(reader: Reader, nodeId: NodeId, id: string, now: number): Promise<void> {
    if (id === noSession) throw problem('NODE_SESSION_EXPIRED')
    const mayRemember = this.#parts.mayRemember()
    let session = mayRemember ? this.#sessions.get(id) : undefined
    if (session === undefined) {
      const forgotten = this.#forgotten
      const found = await reader.sessions.byId(id as SessionId)
      if (found === null) throw problem('NODE_SESSION_EXPIRED')
      session = { nodeId: found.node_id, expiresAt: Date.parse(found.expires_at) }
      if (mayRemember && forgotten === this.#forgotten) this.#sessions.set(id, session)
    }
    if (session.nodeId !== nodeId) throw problem('NODE_SIGNATURE_INVALID')
    if (session.expiresAt <= now) throw problem('NODE_SESSION_EXPIRED')
  }
}
