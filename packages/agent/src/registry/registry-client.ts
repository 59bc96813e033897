/** Asks a registry for one pull: challenge, realm, token, manifest; what it grants is a PullTicket. */
import type { ImageReference } from '@fairlead/contract'
import type { BoundLogin } from '../login/bind-to.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import type { PullTicket } from './pull-ticket.ts'

export interface NodePlatform {
  readonly os: string
  readonly arch: string
  readonly variant: string | null
}

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

export function openRegistryClient(_policy: NodePolicy): RegistryClient {
  throw new Error('not built yet')
}
