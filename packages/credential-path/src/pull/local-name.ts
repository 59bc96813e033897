/** The names under which images are kept on the node. */
import { effectiveTag, type ImageReference } from '@fairlead/contract/names'
import type { PullOrder } from '../image-puller.ts'

export interface LocalName {
  readonly repository: string
  readonly tag: string
}

/** What was prefetched has its build as tag here, and no other name before a cluster starts from it: so what is no longer wanted can be dropped. */
export const prefetchedRepository = 'localhost/fairlead-prefetched'

export function nameOfOrder(order: PullOrder, image: ImageReference, digest: string): LocalName {
  if (order.purpose === 'prefetch') return { repository: prefetchedRepository, tag: order.buildId }
  return localName(image, digest)
}

/** The name the user gave. An image named only by digest gets a tag of ours, since an untagged image gets pruned. */
export function localName(image: ImageReference, digest: string): LocalName {
  const tag = effectiveTag(image) ?? `fairlead-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
  return { repository: `${image.domain}/${image.path}`, tag }
}
