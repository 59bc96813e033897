/** How a record learns which pods of a Kubernetes node an image was pulled for. */
import type { PodName } from '@fairlead/contract/wire'
import type { Repository } from '../registry/image/pull-ticket.ts'

/** The pods of this node that wait for an image, or that began with it since its pull began; null: not known. Never throws. */
export type PodsFor = (pulled: PulledForPods) => Promise<readonly PodName[] | null>

export interface PulledForPods extends Repository {
  /** A tag or digest. */
  readonly reference: string
  /** In milliseconds since the epoch. */
  readonly since: number
}
