/** The name under which an image is kept on the node: as the user named it. */
import { effectiveTag, type ImageReference } from '@fairlead/contract/names'

export interface LocalName {
  readonly repository: string
  readonly tag: string
}

/** An image that was named by its digest alone gets a tag of ours, since one without a tag is pruned. */
export function localName(image: ImageReference, digest: string): LocalName {
  const tag = effectiveTag(image) ?? `fairlead-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
  return { repository: `${image.domain}/${image.path}`, tag }
}
