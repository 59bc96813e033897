/**
 * Determines who owns the program behind a plain-http control plane, which is only allowed on loopback: root, our own user, or the user
 * recorded when this machine joined or a user logged in (ADR 39).
 */
import { bareHost } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { listenersAt } from './tcp-table.ts'
import { readTables, trustsUsers, type JudgeUser } from './trusted-server.ts'

export function trustedControlPlane(host: string, noted: number | null): JudgeUser {
  return trustsUsers([noted], refusal(host))
}

const refusal = (host: string) => (uid: number) => problem('CONTROL_PLANE_OF_ANOTHER_USER', { host, uid })

/** Accepts the first user who serves, and no other after that. */
export class FirstUser {
  readonly #host: string
  #uid: number | null = null

  constructor(host: string) {
    this.#host = host
  }

  /** Null if no user could be seen: over TLS, in another network namespace, or on a system without such tables. */
  get uid(): number | null {
    return this.#uid
  }

  /** The user to record: neither root nor the user of this process. */
  get stranger(): number | null {
    return this.#uid === null || trustedControlPlane(this.#host, null)(this.#uid) === null ? null : this.#uid
  }

  readonly judge: JudgeUser = (uid) => {
    this.#uid ??= uid
    return this.#uid === uid ? null : refusal(this.#host)(uid)
  }
}

/** Asks the kernel who listens there now, without connecting; null if there is no listener, or only a permitted one. */
export async function listeningStranger(
  place: { readonly host: string; readonly port: number; readonly shown: string },
  noted: number | null,
): Promise<Problem | null> {
  if (process.platform !== 'linux') return null
  const addresses = place.host === 'localhost' ? ['127.0.0.1', '::1'] : [bareHost(place.host)]
  const table = await readTables()
  const users = addresses.flatMap((address) => listenersAt(table, { address, port: place.port })).map(({ uid }) => uid)
  const judge = trustsUsers([noted], refusal(place.shown))
  return users.map(judge).find((found) => found !== null) ?? null
}
