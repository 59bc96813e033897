/**
 * Whether the `server` of a registry login names the registry of an image: the rule that keeps a login from another host (S2).
 *
 *     server = [ "https://" | "http://" ] host [ ":" port ] [ "/v1" | "/v2" ] *( "/" component ) [ "/" ]
 *
 * http only on loopback; components restrict the login to the repositories under them.
 */
import { isLoopback, parseHostAndPort } from './host-and-port.ts'
import { isPathComponent, type ImageReference } from './image-reference.ts'
import { parseRegistryHost, registryAt, type RegistryHost } from './registry-host.ts'

export interface ServerMatch {
  readonly match: boolean
  /** The server is refused, whatever the image. */
  readonly malformed: boolean
}

interface Server {
  readonly registry: RegistryHost
  /** Whole components that the repository must start with. */
  readonly path: readonly string[]
}

const longestServer = 2048

export function matchServer(server: string, image: ImageReference): ServerMatch {
  const parsed = parseServer(server)
  if (parsed === null) return { match: false, malformed: true }
  const sameRegistry = parsed.registry.key === parseRegistryHost(image.domain)?.key
  const repository = image.path.split('/')
  const underPath = parsed.path.every((component, index) => component === repository[index])
  return { match: sameRegistry && underPath, malformed: false }
}

function parseServer(text: string): Server | null {
  if (typeof text !== 'string' || text.length > longestServer || !/^[!-~]+$/.test(text)) return null
  const scheme = /^https?:\/\//i.exec(text)?.[0] ?? ''
  const address = text.slice(scheme.length).replace(/\/$/, '')
  const [hostText = '', ...segments] = address.split('/')
  const named = parseHostAndPort(hostText)
  if (named === null) return null
  if (scheme.toLowerCase() === 'http://' && !isLoopback(named.host)) return null
  const path = /^v[12]$/i.test(segments[0] ?? '') ? segments.slice(1) : segments
  return path.every(isPathComponent) ? { registry: registryAt(named), path } : null
}
