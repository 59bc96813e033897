/**
 * The server that is read and written: the primary, as far as this process can know (ADR 34). Connections to any other are used for neither; once a
 * newer primary was seen, connections to the previous one are cut, even if they still work.
 */
import { isProblem, problem } from '@fairlead/contract/problems'
import { Client } from 'pg'
import { atOnce } from '../at-once.ts'
import type { DatabaseHost, DatabasePlace } from './database-url.ts'
import { ask, clientConfig, sessionSettings, type Queried } from './connection.ts'
import { databaseProblem } from './problem.ts'
import { plainRoleQuery, readRole, roleQuery, standingOf, type History, type ServerRole } from './server-role.ts'

/** When an address moves, old connections stay where they are, so new ones are opened to see where it leads now. */
const lookEveryMs = 5000
const lookMs = 3000

export class Primary {
  readonly place: DatabasePlace
  #newest: History | null = null
  #at = 0
  readonly #onLeft: (() => void)[] = []
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null

  constructor(place: DatabasePlace) {
    this.place = place
  }

  /** Where the primary is believed to be. */
  get host(): DatabaseHost {
    return this.place.hosts[this.#at] ?? this.place.hosts[0]
  }

  /** Called when existing connections no longer lead to the primary. */
  onLeft(listener: () => void): void {
    this.#onLeft.push(listener)
  }

  leave(): void {
    for (const listener of this.#onLeft) listener()
  }

  /** Once per host, each time to the one believed to be the primary. */
  async reach<Connection>(connect: (host: DatabaseHost) => Promise<Connection>): Promise<Connection> {
    for (let left = this.place.hosts.length; ; left--) {
      const { host } = this
      try {
        return await connect(host)
      } catch (error) {
        const found = databaseProblem(error, this.place)
        if (found?.code === 'DATABASE_UNREACHABLE') this.#passOver(host)
        if (left === 1 || found?.code !== 'DATABASE_UNREACHABLE') throw found ?? error
      }
    }
  }

  /** Throws DATABASE_UNREACHABLE if a new connection does not lead to the primary; sets what each connection needs. */
  async admit(client: Queried & object): Promise<void> {
    const [role] = await atOnce([this.#roleOf(client), ask(client, this, sessionSettings)])
    if (standingOf(role, this.#newest) === 'none') throw problem('DATABASE_UNREACHABLE', { host: this.place.address })
    this.#learn(role)
  }

  /** With several hosts, asks all of them: the first to answer may have been replaced. */
  async find(): Promise<void> {
    if (this.place.hosts.length > 1) await this.#look()
  }

  /** From now on checks regularly for a newer one. */
  watch(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = null))
    }, lookEveryMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#looking
  }

  /** Over new connections. Each answer counts immediately, since another host may be silent. */
  async #look(): Promise<void> {
    const ask = async (host: DatabaseHost, index: number): Promise<ServerRole | null> => {
      const role = await this.#ask(host)
      if (role !== null && standingOf(role, this.#newest) === 'newer') this.#at = index
      if (role !== null) this.#learn(role)
      return role
    }
    const roles = await Promise.all(this.place.hosts.map(ask))
    const isPrimary = roles.map((role) => role !== null && standingOf(role, this.#newest) === 'primary')
    if (isPrimary[this.#at] !== true && isPrimary.includes(true)) this.#at = isPrimary.indexOf(true)
  }

  /** Null if it does not answer. */
  async #ask(host: DatabaseHost): Promise<ServerRole | null> {
    const limits = { connectionTimeoutMillis: lookMs, query_timeout: lookMs }
    const client = new Client({ ...clientConfig(this.place), ...host, ...limits })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await this.#roleOf(client)
    } catch {
      return null
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async #roleOf(client: Queried & object): Promise<ServerRole> {
    try {
      return readRole((await ask(client, this, roleQuery)).rows[0])
    } catch (error) {
      if (isProblem(error, 'DATABASE_UNREACHABLE')) throw error
      return readRole((await ask(client, this, plainRoleQuery)).rows[0])
    }
  }

  #learn(role: ServerRole): void {
    if (standingOf(role, this.#newest) !== 'newer') return
    const isFirst = this.#newest === null
    this.#newest = role.history
    if (!isFirst) this.leave()
  }

  #passOver(host: DatabaseHost): void {
    if (this.host === host) this.#at = (this.#at + 1) % this.place.hosts.length
  }
}
