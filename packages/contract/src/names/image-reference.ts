/**
 * Image references, read exactly as distribution/reference reads them (ParseNormalizedNamed, with sha256 as the only digest):
 *
 *     reference = [ domain "/" ] path [ ":" tag ] [ "@" digest ]
 *     domain    = host [ ":" digits ]; present if the first component has a dot, a colon or upper case, or is `localhost`
 *     path      = component *( "/" component ), 255 characters at most
 *
 * One difference: a domain outside the grammar is refused; the library returns an empty one.
 */
import { problem } from '../problems/problem.ts'
import { isDigest } from './form.ts'

export interface ImageReference {
  /** Registry host[:port], case kept, such as `docker.io` or `127.0.0.1:5000`. */
  readonly domain: string
  /** Repository, such as `library/ubuntu`. */
  readonly path: string
  readonly tag: string | null
  readonly digest: string | null
}

const dockerHub = 'docker.io'
const longestReference = 4096
const longestPath = 255

const domainLabel = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
const domainPattern = new RegExp(`^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[A-Fa-f0-9:]+\\])(?::[0-9]+)?$`)
const componentPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const tagPattern = /^\w[\w.-]{0,127}$/

export function parseImageReference(text: string): ImageReference {
  if (typeof text !== 'string') throw invalid('it is not text')
  if (text === '') throw invalid('it is empty')
  if (text.length > longestReference) throw invalid(`it is longer than ${longestReference} characters`)
  // Printable ASCII first: the rest may then be read character by character.
  if (!/^[!-~]+$/.test(text)) throw invalid('it has white space or characters outside ASCII')
  if (text.includes('://')) throw invalid('it has a scheme; leave it out')
  if (/^[0-9a-f]{64}$/.test(text)) throw invalid('64 hex digits alone name an image id, not an image')

  const { domain, remainder } = splitDomain(text)
  if (!domainPattern.test(domain)) throw invalid('the part before the first slash is not a host')
  const { path, tag, digest } = splitRemainder(remainder)
  if (/[A-Z]/.test(path)) throw invalid('the path must be lower case')
  if (!path.split('/').every(isPathComponent)) {
    throw invalid('the path has an empty part, or characters where the grammar does not allow them')
  }
  if (path.length > longestPath) throw invalid(`the path is longer than ${longestPath} characters`)
  if (tag !== null && !tagPattern.test(tag))
    throw invalid('a tag is 1 to 128 of A-Z a-z 0-9 . _ - and starts with neither . nor -')
  if (digest !== null && !isDigest(digest)) throw invalid('a digest is sha256: and 64 lower-case hex digits')
  return { domain, path, tag, digest }
}

/** One part of a path between slashes: lower case, no tag, no digest, no dot segment. */
export function isPathComponent(text: string): boolean {
  return componentPattern.test(text)
}

/** The canonical full name: domain/path[:tag][@digest]. */
export function formatImageReference({ domain, path, tag, digest }: ImageReference): string {
  return `${domain}/${path}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
}

/** The tag to ask a registry for: `latest` if neither tag nor digest is given, null if only the digest matters. */
export function effectiveTag({ tag, digest }: ImageReference): string | null {
  return tag ?? (digest === null ? 'latest' : null)
}

/** The first component is a host only if it cannot be a Docker Hub namespace. */
function splitDomain(text: string): { domain: string; remainder: string } {
  const slash = text.indexOf('/')
  const first = slash === -1 ? '' : text.slice(0, slash)
  const isHost = first === 'localhost' || /[.:A-Z]/.test(first)
  const onHub = !isHost || first === dockerHub || first === `index.${dockerHub}`
  const remainder = isHost ? text.slice(slash + 1) : text
  if (!onHub) return { domain: first, remainder }
  return { domain: dockerHub, remainder: remainder.includes('/') ? remainder : `library/${remainder}` }
}

function splitRemainder(remainder: string): Omit<ImageReference, 'domain'> {
  const at = remainder.indexOf('@')
  const named = at === -1 ? remainder : remainder.slice(0, at)
  const colon = named.indexOf(':')
  return {
    path: colon === -1 ? named : named.slice(0, colon),
    tag: colon === -1 ? null : named.slice(colon + 1),
    digest: at === -1 ? null : remainder.slice(at + 1),
  }
}

const invalid = (reason: string) => problem('IMAGE_REF_INVALID', { reason })
