/** Makes the `Authorization` values of a pull, each bound to one host. The only code that turns a login into a header. */
import { problem } from '@fairlead/contract/problems'
import { isBound, type BoundLogin } from '../../match/bind-to.ts'
import { Redacted } from '../../match/redacted.ts'
import type { Endpoint } from '../endpoint.ts'
import { judgeRealm, type RealmPair } from './realm-policy.ts'
import { parseStrictUrl, type StrictUrl } from '../http/strict-url.ts'

export type Place = Pick<StrictUrl, 'scheme' | 'host' | 'port'>

/** A header value that the transport sends to `place` and nowhere else. */
export interface Authorization {
  readonly place: Place
  readonly header: Redacted<string>
  /** Called before the first byte of a request that carries it. */
  readonly onSend?: () => void
}

/** Basic, for the registry itself. */
export function basicForRegistry(login: BoundLogin, place: Place): Authorization {
  if (!login.mayGoTo(place)) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: login.registry.key })
  return { place, ...basic(login) }
}

/** Basic, for a token realm: checked here, so that no header exists for an untrusted one. */
export function basicForRealm(
  login: BoundLogin,
  endpoint: Pick<Endpoint, 'registry' | 'port'>,
  realm: string,
  pairs: readonly RealmPair[],
): Authorization {
  const url = parseStrictUrl(realm)
  const trusted = judgeRealm(endpoint, realm, pairs) === 'trusted' && endpoint.registry === login.registry.key
  if (!url || !trusted || (url.scheme === 'http' && login.overTlsOnly)) {
    throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: endpoint.registry })
  }
  return { place: placeOf(url), ...basic(login) }
}

/** A token goes to the registry it was requested for. */
export function bearer(token: Redacted<string>, place: Place): Authorization {
  return { place, header: token.spend((text) => new Redacted(`Bearer ${text}`)) }
}

export function placeOf({ scheme, host, port }: Place): Place {
  return { scheme, host, port }
}

export function samePlace(a: Place, b: Place): boolean {
  return a.scheme === b.scheme && a.host === b.host && a.port === b.port
}

/** RFC 7617, with UTF-8 as charset. The sender reports it to the login, so that no password travels unrecorded. */
function basic(login: BoundLogin): Required<Pick<Authorization, 'header' | 'onSend'>> {
  if (!isBound(login)) throw problem('INTERNAL')
  const { username, password } = login
  const header = username.spend((user) =>
    password.spend((secret) => new Redacted(`Basic ${Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')}`)),
  )
  return { header, onSend: () => login.onReach('sent') }
}
