/**
 * Whether the `server` of a registry login names the registry of an image: the rule that keeps a login from another host (S2).
 *
 *     server = [ "https://" | "http://" ] host [ ":" port ] [ "/v1" | "/v2" ] *( "/" component ) [ "/" ]
 *
 * http only on loopback; components restrict the login to the repositories under them.
 */
import { isLoopback, parseHostAndPort, sameHostAndPort } from './host-and-port.ts'
import { isPathComponent, type ImageReference } from './image-reference.ts'
import { defaultPort, parseRegistryHost, registryAt, type RegistryHost } from './registry-host.ts'

export interface ServerMatch {
  readonly match: boolean
  /** The server is refused, whatever the image. */
  readonly malformed: boolean
  /** The port that the server names, or 80 where it says http and names none; null if it names none. */
  readonly port: number | null
}

interface Server {
  readonly registry: RegistryHost
  readonly port: number | null
  /** Whole components that the repository must start with. */
  readonly path: readonly string[]
}

const longestServer = 2048

export function matchServer(server: string, image: ImageReference): ServerMatch {
  const parsed = parseServer(server)
  if (parsed === null) return { match: false, malformed: true, port: null }
  const registry = parseRegistryHost(image.domain)
  const sameRegistry = registry !== null && sameHostAndPort(parsed.registry, registry, { defaultPort })
  const repository = image.path.split('/')
  const underPath = parsed.path.every((component, index) => component === repository[index])
  return { match: sameRegistry && underPath, malformed: false, port: parsed.port }
}

function parseServer(text: string): Server | null {
  if (typeof text !== 'string' || text.length > longestServer || !/^[!-~]+$/.test(text)) return null
  const scheme = /^https?:\/\//i.exec(text)?.[0] ?? ''
  const address = text.slice(scheme.length).replace(/\/$/, '')
  const [hostText = '', ...segments] = address.split('/')
  const named = parseHostAndPort(hostText)
  if (named === null) return null
  const inPlain = scheme.toLowerCase() === 'http://'
  if (inPlain && !isLoopback(named.host)) return null
  const path = /^v[12]$/i.test(segments[0] ?? '') ? segments.slice(1) : segments
  const port = named.port ?? (inPlain ? 80 : null)
  return path.every(isPathComponent) ? { registry: registryAt(named), port, path } : null
}
