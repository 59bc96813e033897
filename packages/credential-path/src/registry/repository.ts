/** One repository of a registry as this node's login sees it: what a door serves to an engine. The engine chooses; we check what it gets. */
import { isDigest } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { fetchBlob, sizeOfBlob } from './image/blob.ts'
import {
  acceptManifests,
  isIndexType,
  isManifestType,
  manifestLimits,
  mediaTypeIn,
  passManifest,
  type PassedManifest,
} from './image/manifest.ts'
import { corrupt, type BlobSource, type LoginUse } from './image/pull-ticket.ts'
import type { WholeAnswer } from './http/transport.ts'
import type { RegistrySession } from './session.ts'

/** What `HEAD` says about a manifest. */
export type ManifestHead = Pick<PassedManifest, 'mediaType' | 'digest' | 'size'>

/** Throws only Problems; IMAGE_NOT_FOUND for a manifest or blob that is not there. */
export interface OpenRepository extends BlobSource {
  /** By tag or digest; always asked at the registry. */
  manifest(reference: string, signal: AbortSignal): Promise<PassedManifest>
  /** Does not count as a pull. */
  head(reference: string, signal: AbortSignal): Promise<ManifestHead>
  /** The index of what refers to this digest; `query` as the engine sent it, such as `artifactType=…`. */
  referrers(digest: string, query: string, signal: AbortSignal): Promise<PassedManifest>
  /** How many bytes a blob has, or null if the registry does not say; its answer also proves that the login may have it. */
  blobSize(digest: string, signal: AbortSignal): Promise<number | null>
  /** How the registry treated the login, as far as can be told with this manifest. */
  loginUse(reference: string, signal: AbortSignal): Promise<LoginUse>
}

export function openRepository(session: RegistrySession, loginUse: OpenRepository['loginUse']): OpenRepository {
  const { registry, repository } = session
  const notFound = () => problem('IMAGE_NOT_FOUND', { registry, repository })
  const at = (kind: string, name: string): string => `/v2/${repository}/${kind}/${name}`

  const refused = async (answer: WholeAnswer, signal: AbortSignal) => {
    if (answer.status === 404) return notFound()
    return session.refusalOf(answer, signal)
  }

  const get = async (path: string, digest: string | null, signal: AbortSignal): Promise<PassedManifest> => {
    const request = { method: 'GET', path, headers: acceptManifests } as const
    const answer = await session.whole(request, manifestLimits.bytes, signal)
    if (answer.status !== 200) throw await refused(answer, signal)
    const promised = digest ?? answer.header('docker-content-digest')
    const contentType = answer.header('content-type') ?? ''
    return passManifest({ bytes: answer.bytes, contentType, digest: promised }, { registry, repository })
  }

  const manifest = (reference: string, signal: AbortSignal): Promise<PassedManifest> =>
    get(at('manifests', reference), isDigest(reference) ? reference : null, signal)

  return {
    where: { registry, repository },
    manifest,
    async head(reference, signal) {
      const request = { method: 'HEAD', path: at('manifests', reference), headers: acceptManifests } as const
      const answer = await session.whole(request, 0, signal)
      const saysEnough = answer.status === 200 ? headOf(answer) : null
      if (saysEnough !== null) {
        if (isDigest(reference) && saysEnough.digest !== reference) throw corrupt({ registry, repository })
        return saysEnough
      }
      // Some registries do not know HEAD here, or leave the digest out.
      if (answer.status === 200 || answer.status === 405 || answer.status === 501) return manifest(reference, signal)
      throw await refused(answer, signal)
    },
    async referrers(digest, query, signal) {
      const found = await get(`${at('referrers', digest)}${query === '' ? '' : `?${query}`}`, null, signal)
      if (!isIndexType(found.mediaType)) throw problem('IMAGE_UNSUPPORTED', { registry, repository })
      return found
    },
    blobSize: (digest, signal) => sizeOfBlob(session, digest, signal),
    fetchBlob: (descriptor, span, signal) => fetchBlob(session, descriptor, span, signal),
    loginUse,
  }
}

/** Null if a manifest cannot be like that. */
function headOf(answer: WholeAnswer): ManifestHead | null {
  const digest = answer.header('docker-content-digest') ?? ''
  const length = answer.header('content-length') ?? ''
  const size = /^\d{1,9}$/.test(length) ? Number(length) : 0
  const mediaType = mediaTypeIn(answer.header('content-type'))
  const isPossible = size > 0 && size <= manifestLimits.bytes && isManifestType(mediaType)
  return isDigest(digest) && isPossible ? { digest, size, mediaType } : null
}
