/** Whether this node's engine can unpack an image's layers. Checked before the pull: an engine that cannot reports them as corrupt. */
import { problem } from '@fairlead/contract/problems'
import { isZstd } from '../registry/image/manifest.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'

/** Docker has supported zstd since 23.0, with either store. Earlier versions are numbered by year; engines that only speak its API differ. */
const firstWithZstd = '23.0'
const withoutZstd = /^(?:17|18|19|20)\./

/** `engineVersion`: null if it is unknown, or if there is no engine. */
export function assertUnpackable({ where, layers }: PullTicket, engineVersion: string | null): void {
  if (engineVersion === null || !withoutZstd.test(engineVersion)) return
  if (!layers.some(({ mediaType }) => isZstd(mediaType))) return
  throw problem('ENGINE_CANNOT_UNPACK', {
    ...where,
    version: engineVersion,
    expected_version: firstWithZstd,
  })
}
