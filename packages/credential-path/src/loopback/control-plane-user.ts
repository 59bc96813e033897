/**
 * Whose program a control plane is that is spoken to in plain, which is on loopback alone: root's, our own user's, or the one's that was
 * noted when this machine joined it or a user logged in to it (ADR 39).
 */
import { bareHost } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { listenersAt } from './tcp-table.ts'
import { readTables, trustsUsers, type JudgeUser } from './trusted-server.ts'

export function trustedControlPlane(host: string, noted: number | null): JudgeUser {
  return trustsUsers([noted], refusal(host))
}

const refusal = (host: string) => (uid: number) => problem('CONTROL_PLANE_OF_ANOTHER_USER', { host, uid })

/** Takes the first user who serves, and no other after that. */
export class FirstUser {
  readonly #host: string
  #uid: number | null = null

  constructor(host: string) {
    this.#host = host
  }

  /** Null where nobody could be seen: over TLS, in another network namespace, or on a system without such tables. */
  get uid(): number | null {
    return this.#uid
  }

  /** Who has to be told of: neither root nor the user of this process. */
  get stranger(): number | null {
    return this.#uid === null || trustedControlPlane(this.#host, null)(this.#uid) === null ? null : this.#uid
  }

  readonly judge: JudgeUser = (uid) => {
    this.#uid ??= uid
    return this.#uid === uid ? null : refusal(this.#host)(uid)
  }
}

/** What the kernel says of who listens there now, without a connection; null where nobody does, or nobody but who may. */
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
