/** Which part of the distribution protocol a request to the mirror targets. Anything else is not served. Pure. */
import { isDigest, isPathComponent } from '@fairlead/contract/names'
import { registryOfSegment } from '../engines/mirror-place.ts'

export interface RepositoryRoute {
  /** The registry's key, as in the path's first component. */
  readonly registry: string
  readonly repository: string
}

export type MirrorRoute =
  | { readonly kind: 'ping' }
  | (RepositoryRoute & { readonly kind: 'manifests'; readonly reference: string })
  | (RepositoryRoute & { readonly kind: 'blobs'; readonly digest: string })
  | (RepositoryRoute & { readonly kind: 'referrers'; readonly digest: string; readonly query: string })
  | { readonly kind: 'nothing' }

const nothing: MirrorRoute = { kind: 'nothing' }
const content =
  /^\/v2\/([a-z0-9._-]{1,260})\/([a-z0-9._/-]{1,255})\/(manifests|blobs|referrers)\/([A-Za-z0-9_][\w.:-]{0,127})(?:\?(.*))?$/
const tag = /^\w[\w.-]{0,127}$/
/** What an engine may ask of referrers: one filter, without escapes. */
const filter = /^artifactType=[\w.+/-]{1,200}$/

/** Parses the request target as sent, without decoding it. */
export function parseMirrorRoute(target: string): MirrorRoute {
  if (/^\/v2\/?(\?|$)/.test(target)) return { kind: 'ping' }
  const [, segment = '', repository = '', kind, name = '', query = ''] = content.exec(target) ?? []
  const components = repository.split('/')
  if (!components.every(isPathComponent)) return nothing
  // containerd asks the file's `server` as a second host, under its own `/v2/` below ours.
  if (components[0] === 'v2') return nothing
  const route = { registry: registryOfSegment(segment), repository }
  if (kind === 'manifests' && (isDigest(name) || tag.test(name))) return { kind, ...route, reference: name }
  if (kind === 'blobs' && isDigest(name)) return { kind, ...route, digest: name }
  if (kind === 'referrers' && isDigest(name)) {
    // `ns=`, which containerd adds to everything, names the registry, as the path does.
    return { kind, ...route, digest: name, query: query.split('&').find((part) => filter.test(part)) ?? '' }
  }
  return nothing
}
