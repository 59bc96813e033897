/** Binds a login to the registry of one image. A BoundLogin is only made here, and code that authenticates accepts nothing else (S4). */
import { matchServer, registryOf, type ImageReference, type RegistryHost } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { LoginReach } from '@fairlead/contract/wire'
import type { Redacted } from './redacted.ts'
import type { RegistryLogin } from './registry-login.ts'

/** Where a login may go: scheme, host and port together. */
export interface LoginPlace {
  readonly scheme: 'https' | 'http'
  readonly host: string
  readonly port: number
}

/** Called with how far a login gets, before it gets there. */
export type OnReach = (reach: LoginReach) => void

/** Those made by bindTo. Lookalikes and objects forced through the constructor are not included. */
const bound = new WeakSet<BoundLogin>()

interface Binding {
  readonly image: ImageReference
  readonly registry: RegistryHost
  readonly login: RegistryLogin
  readonly overTlsOnly: boolean
  readonly port: number | null
  readonly onReach: OnReach
}

let make: (binding: Binding) => BoundLogin

/** A login proved to be for the registry of `image`; neither types nor force can build one elsewhere. */
export class BoundLogin {
  readonly image: ImageReference
  readonly registry: RegistryHost
  readonly #login: RegistryLogin
  /** The secret's server says https, so not even a loopback registry may receive it over plain http. */
  readonly overTlsOnly: boolean
  /** The port that the secret's server names, or means by http; null if it names none. */
  readonly #port: number | null
  /** Called by the code that sends it, before a byte is sent, and by the code that reads the answer. */
  readonly onReach: OnReach

  static {
    make = (binding) => {
      const made = new BoundLogin(binding)
      bound.add(made)
      return made
    }
  }

  private constructor({ image, registry, login, overTlsOnly, port, onReach }: Binding) {
    this.image = image
    this.registry = registry
    this.#login = login
    this.overTlsOnly = overTlsOnly
    this.#port = port
    this.onReach = onReach
  }

  get username(): Redacted<string> {
    return this.#login.username
  }

  get password(): Redacted<string> {
    return this.#login.password
  }

  /**
   * Plain http is only for a loopback registry, and not if the secret's server says https. There, no port may mean 80, so a server with
   * port 443 matches an image without a port, but is no login for port 80 (S23).
   */
  mayGoTo(place: LoginPlace): boolean {
    if (place.scheme === 'http' && (this.overTlsOnly || !this.registry.isLoopback)) return false
    const port = this.registry.port ?? (place.scheme === 'https' ? 443 : 80)
    return place.host === this.registry.host && place.port === port && place.port === (this.#port ?? port)
  }

  /** Whether the secret's server is also the registry of another image. */
  isFor(image: ImageReference): boolean {
    return this.#login.server.spend((server) => matchServer(server, image).match)
  }
}

/** Throws SECRET_SERVER_MALFORMED or CREDENTIAL_SERVER_MISMATCH; the login is then not used at all. */
export function bindTo(image: ImageReference, login: RegistryLogin, onReach: OnReach = () => undefined): BoundLogin {
  const registry = registryOf(image)
  return login.server.spend((server) => {
    const { match, malformed, port } = matchServer(server, image)
    if (malformed) throw problem('SECRET_SERVER_MALFORMED', { registry: registry.key })
    if (!match) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: registry.key })
    return make({ image, registry, login, overTlsOnly: /^https:/i.test(server), port, onReach })
  })
}

/** Checked before a login becomes a header. */
export function isBound(login: BoundLogin): boolean {
  return bound.has(login)
}
