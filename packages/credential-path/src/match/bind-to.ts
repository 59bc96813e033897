/** Binds a login to the registry of one image. Only here is a BoundLogin made, and nothing that authenticates accepts anything else (S4). */
import { matchServer, registryOf, type ImageReference, type RegistryHost } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { LoginReach } from '@fairlead/contract/wire'
import type { Redacted } from './redacted.ts'
import type { RegistryLogin } from './registry-login.ts'

/** Where a login may go: scheme, host and port, all three. */
export interface LoginPlace {
  readonly scheme: 'https' | 'http'
  readonly host: string
  readonly port: number
}

/** Hears how far a login gets, before it gets there. */
export type OnReach = (reach: LoginReach) => void

/** Those that bindTo made. What looks like one, or was forced through the constructor, is not among them. */
const bound = new WeakSet<BoundLogin>()

interface Binding {
  readonly image: ImageReference
  readonly registry: RegistryHost
  readonly login: RegistryLogin
  readonly overTlsOnly: boolean
  readonly onReach: OnReach
}

let make: (binding: Binding) => BoundLogin

/** A login that was proved to be for the registry of `image`; it cannot be built elsewhere, by types nor by force. */
export class BoundLogin {
  readonly image: ImageReference
  readonly registry: RegistryHost
  readonly #login: RegistryLogin
  /** The secret's server says https, so not even a loopback registry may have it in plain. */
  readonly overTlsOnly: boolean
  /** Called by what sends it, before a byte is sent, and by what reads the answer. */
  readonly onReach: OnReach

  static {
    make = (binding) => {
      const made = new BoundLogin(binding)
      bound.add(made)
      return made
    }
  }

  private constructor({ image, registry, login, overTlsOnly, onReach }: Binding) {
    this.image = image
    this.registry = registry
    this.#login = login
    this.overTlsOnly = overTlsOnly
    this.onReach = onReach
  }

  get username(): Redacted<string> {
    return this.#login.username
  }

  get password(): Redacted<string> {
    return this.#login.password
  }

  /** Plain http is for a loopback registry alone, and not where the secret's server says https. */
  mayGoTo(place: LoginPlace): boolean {
    if (place.scheme === 'http' && (this.overTlsOnly || !this.registry.isLoopback)) return false
    const port = this.registry.port ?? (place.scheme === 'https' ? 443 : 80)
    return place.host === this.registry.host && place.port === port
  }

  /** Whether the secret's server is the registry of another image, too. */
  isFor(image: ImageReference): boolean {
    return this.#login.server.spend((server) => matchServer(server, image).match)
  }
}

/** Throws SECRET_SERVER_MALFORMED or CREDENTIAL_SERVER_MISMATCH; the login is then not used at all. */
export function bindTo(image: ImageReference, login: RegistryLogin, onReach: OnReach = () => undefined): BoundLogin {
  const registry = registryOf(image)
  return login.server.spend((server) => {
    const { match, malformed } = matchServer(server, image)
    if (malformed) throw problem('SECRET_SERVER_MALFORMED', { registry: registry.key })
    if (!match) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: registry.key })
    return make({ image, registry, login, overTlsOnly: /^https:/i.test(server), onReach })
  })
}

/** Asked before a login becomes a header. */
export function isBound(login: BoundLogin): boolean {
  return bound.has(login)
}
