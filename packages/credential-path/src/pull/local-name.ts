/** The name under which an image is kept on the node: the one the user gave. */
import { effectiveTag, type ImageReference } from '@fairlead/contract/names'

export interface LocalName {
  readonly repository: string
  readonly tag: string
}

/** An image named only by digest gets a tag of ours, since an untagged image gets pruned. */
export function localName(image: ImageReference, digest: string): LocalName {
  const tag = effectiveTag(image) ?? `fairlead-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
  return { repository: `${image.domain}/${image.path}`, tag }
}
