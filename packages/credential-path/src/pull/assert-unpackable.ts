/** Whether the engine of this node can unpack an image's layers. Asked before the pull: an engine that cannot calls them corrupt. */
import { registryOf } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { isZstd } from '../registry/image/manifest.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'

/** Docker knows zstd since 23.0, with either store. The versions before are those of years; engines that only speak its API have others. */
const firstWithZstd = '23.0'
const withoutZstd = /^(?:17|18|19|20)\./

/** `engineVersion`: null where it is not known, or there is no engine. */
export function assertUnpackable({ image, layers }: PullTicket, engineVersion: string | null): void {
  if (engineVersion === null || !withoutZstd.test(engineVersion)) return
  if (!layers.some(({ mediaType }) => isZstd(mediaType))) return
  throw problem('ENGINE_CANNOT_UNPACK', {
    registry: registryOf(image).key,
    repository: image.path,
    version: engineVersion,
    expected_version: firstWithZstd,
  })
}
