/** Asks a registry for one pull: challenge, realm, token, manifest; what it grants is a PullTicket. */
import { problem, registryOf, type ImageReference } from '@fairlead/contract'
import type { BoundLogin } from '../login/bind-to.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import { registryAllowed } from '../policy/registry-allowed.ts'
import { fetchBlob } from './blob.ts'
import { endpointOf, type Endpoint } from './endpoint.ts'
import type { NodePlatform } from './platform.ts'
import type { PullTicket } from './pull-ticket.ts'
import { resolveImage, type FetchBlob } from './resolve-image.ts'
import { defaultRetry, type RetryTiming } from './retry.ts'
import { RegistrySession } from './session.ts'
import { defaultTiming, Transport, type TransportTiming } from './transport.ts'

export interface AdmitOrder {
  readonly image: ImageReference
  /** Null: anonymous. */
  readonly login: BoundLogin | null
  /** What to pull whatever the tag points to; null: the image's own digest or tag decides. */
  readonly digest: string | null
  readonly platform: NodePlatform
}

export interface AdmitHooks {
  /** Called when a step begins; the one before is then done. */
  readonly onStep: (step: 'challenge' | 'login' | 'resolve') => void
}

/** Throws a Problem and nothing else. */
export interface RegistryClient extends AsyncDisposable {
  admit(order: AdmitOrder, hooks: AdmitHooks, signal: AbortSignal): Promise<PullTicket>
}

export interface RegistryClientOptions {
  readonly timing?: TransportTiming
  readonly retry?: RetryTiming
}

/** One for the life of an agent: its connections are shared by all pulls, its logins by none. */
export function openRegistryClient(policy: NodePolicy, options: RegistryClientOptions = {}): RegistryClient {
  const transport = new Transport(policy, options.timing ?? defaultTiming)
  const retry = options.retry ?? defaultRetry

  return {
    async admit({ image, login, digest, platform }, { onStep }, signal) {
      const registry = registryOf(image)
      if (!registryAllowed(policy, image)) throw problem('REGISTRY_NOT_ALLOWED', { registry: registry.key })
      const endpoint = endpointOf(registry, policy)
      if (login) mayLogIn(login, image, endpoint)
      const trustedRealms = policy.trusted_realms
      const session = new RegistrySession({ transport, endpoint, registry, image, login, trustedRealms, retry })

      onStep('challenge')
      await session.challenge(signal)
      onStep('login')
      await session.login(signal)
      onStep('resolve')
      const blobs = { session, transport, retry }
      const wanted = { image, digest, platform, maxImageBytes: policy.max_image_bytes }
      const fetchConfig: FetchBlob = (descriptor) => fetchBlob(blobs, descriptor, 0, signal)
      return {
        ...(await resolveImage(session, wanted, fetchConfig, signal)),
        image,
        fetchBlob: (descriptor, offset, signal) => fetchBlob(blobs, descriptor, offset, signal),
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

/** A login serves the image that it was bound to, over a scheme that it allows. */
function mayLogIn(login: BoundLogin, image: ImageReference, endpoint: Endpoint): void {
  const { registry } = endpoint
  if (endpoint.anonymousOnly) throw problem('REGISTRY_PLAIN_HTTP', { registry })
  const sameImage = login.image.domain === image.domain && login.image.path === image.path
  if (!sameImage || !login.mayGoTo(endpoint)) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry })
}
