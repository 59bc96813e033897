/** Which part of the distribution protocol a request to the gateway targets. Anything outside these three forms is not found. */

export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'manifests' | 'blobs'; readonly path: string; readonly digest: string }
  | { readonly kind: 'nothing' }

const content = /^\/v2\/([0-9a-f]{32})\/(manifests|blobs)\/(sha256:[0-9a-f]{64})$/

/** Parses the request target as sent: no decoding, no dots, no query. */
export function parseRoute(target: string): Route {
  if (target === '/v2/' || target === '/v2') return { kind: 'ping' }
  const [, path, kind, digest] = content.exec(target) ?? []
  if (path === undefined || digest === undefined || (kind !== 'manifests' && kind !== 'blobs')) {
    return { kind: 'nothing' }
  }
  return { kind, path, digest }
}
