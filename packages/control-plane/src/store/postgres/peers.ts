/**
 * The other replicas, over a separate connection: LISTEN for their commits, and a lock that one replica holds for all. It reconnects on its own;
 * messages sent meanwhile are missed, which is reported.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import { Client } from 'pg'
import { committedOf, readPeerMessage, type PeerMessage } from './peer-message.ts'
import { ask, clientConfig, cut } from './connection.ts'
import type { Primary } from './primary.ts'
import type { Committed, Peers } from '../store.ts'
import { leaderLock } from './locks.ts'

export const channel = 'fairlead'
const lookEveryMs = 2000
/** A look takes milliseconds: a server that takes this long is gone, even without an error. */
const answerMs = 5000
/** A leader that stalls stops leading. */
const silentLeaderMs = 15_000
const firstPauseMs = 100
const longestPauseMs = 3000

export class PostgresPeers implements Peers {
  readonly id = randomUUID()
  readonly #primary: Primary
  readonly #notify: (payload: string) => Promise<unknown>
  readonly #ended = new AbortController()
  readonly #onCommitted: ((committed: Committed) => void)[] = []
  readonly #onGap: (() => void)[] = []
  readonly #onMessage: ((message: PeerMessage) => void)[] = []
  /** Set once it is known to lead to the primary. */
  #connection: Client | null = null
  #client: Client | null = null
  #leading = false
  #heardItself = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(primary: Primary, notify: (payload: string) => Promise<unknown>) {
    this.#primary = primary
    this.#notify = notify
    primary.onLeft(() => {
      if (this.#connection !== null) cut(this.#connection)
    })
  }

  get listening(): boolean {
    return this.#client !== null
  }

  get leading(): boolean {
    return this.#leading
  }

  onCommitted(listener: (committed: Committed) => void): void {
    this.#onCommitted.push(listener)
  }

  onGap(listener: () => void): void {
    this.#onGap.push(listener)
  }

  onMessage(listener: (message: PeerMessage) => void): void {
    this.#onMessage.push(listener)
  }

  async say(message: Omit<PeerMessage, 'from'>): Promise<void> {
    await this.#notify(JSON.stringify({ ...message, from: this.id } satisfies PeerMessage))
  }

  /** Resolves when it is listening; from then on it runs on its own. */
  async start(): Promise<void> {
    const client = await this.#connect()
    this.#client = client
    this.#running = this.#keepOn(client)
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  async #keepOn(first: Client): Promise<void> {
    const { signal } = this.#ended
    let client: Client | null = first
    for (let pauseMs = firstPauseMs; !signal.aborted;) {
      if (client !== null) {
        await this.#watch(client)
        pauseMs = firstPauseMs
      }
      if (signal.aborted) return
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      client = signal.aborted ? null : await this.#connect().catch(() => null)
      if (client === null) continue
      for (const listener of this.#onGap) listener()
      this.#client = client
    }
    await client?.end().catch(() => undefined)
  }

  async #connect(): Promise<Client> {
    this.#leading = false
    return this.#primary.reach(async (host) => {
      const client = new Client({ ...clientConfig(this.#primary.place), ...host, query_timeout: answerMs })
      // Errors also occur between two looks; the next look reports them.
      client.on('error', () => undefined)
      client.on('notification', ({ payload }) => this.#take(payload ?? ''))
      try {
        await client.connect()
        await this.#primary.admit(client)
        this.#connection = client
        await ask(client, this.#primary, `listen ${channel}`)
        await this.#hearItself()
        await ask(client, this.#primary, `set idle_session_timeout = ${silentLeaderMs}`)
        await this.#lead(client)
        return client
      } catch (error) {
        cut(client)
        throw error
      }
    })
  }

  /**
   * What another connection says must arrive while nothing is asked here. A pooler that gives each transaction a connection delivers nothing, and a lock
   * of this session would be held by a connection of others.
   */
  async #hearItself(): Promise<void> {
    const heard = Promise.withResolvers<void>()
    this.#heardItself = heard.resolve
    const waiting = new AbortController()
    const late = sleep(answerMs, undefined, { signal: waiting.signal }).then(() => {
      throw problem('DATABASE_POOLED', { host: this.#primary.place.address })
    })
    late.catch(() => undefined)
    try {
      await this.say({})
      await Promise.race([heard.promise, late])
    } finally {
      waiting.abort()
    }
  }

  /** Until the connection is lost, or this process closes it. */
  async #watch(client: Client): Promise<void> {
    const { signal } = this.#ended
    const lost = new AbortController()
    client.once('end', () => lost.abort())
    const either = AbortSignal.any([signal, lost.signal])
    try {
      while (!either.aborted) {
        await sleep(lookEveryMs, undefined, { signal: either }).catch(() => undefined)
        if (!either.aborted) await this.#lead(client)
      }
    } catch {
      // Lost: the code below reports it.
    }
    this.#client = null
    this.#leading = false
    await client.end().catch(() => undefined)
  }

  async #lead(client: Client): Promise<void> {
    // A lock taken twice must be released twice.
    const leads = this.#leading ? 'true' : `pg_try_advisory_lock(${leaderLock})`
    const look = `select ${leads} as leads, current_setting('transaction_read_only') = 'on' as read_only`
    const { rows } = await ask(client, this.#primary, look)
    const [found] = rows as { leads: boolean; read_only: boolean }[]
    this.#leading = found?.leads ?? false
    // A primary set to read-only stays connected.
    if (found?.read_only === true) this.#primary.leave()
  }

  #take(payload: string): void {
    const message = readPeerMessage(payload)
    if (message === null) {
      for (const listener of this.#onGap) listener()
      return
    }
    if (message.from === this.id) {
      // This process has already announced its own commits.
      this.#heardItself()
      return
    }
    const committed = committedOf(message)
    if (committed !== null) for (const listener of this.#onCommitted) listener(committed)
    for (const listener of this.#onMessage) listener(message)
  }
}
