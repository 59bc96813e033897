/** The registry of an image: the one identity by which registries are compared, and where to reach it. */
import { formatHostAndPort, isLoopback, parseHostAndPort, sameHostAndPort, type HostAndPort } from './host-and-port.ts'
import { parseImageReference, type ImageReference } from './image-reference.ts'
import { problem } from '../problems/problem.ts'

export interface RegistryHost {
  /** Equal for equal registries: host[:port] in lower case without :443, except on loopback, and `docker.io` for all four names of Docker Hub. */
  readonly key: string
  /** Host and port to contact; a null port is 443, or on loopback the default of the scheme listed in the node's file. */
  readonly host: string
  readonly port: number | null
  /** The same as text: host[:port]. */
  readonly contact: string
  readonly isDockerHub: boolean
  readonly isLoopback: boolean
}

/** Of https. */
export const defaultPort = 443
const dockerHubNames: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]
const dockerHub: RegistryHost = {
  key: 'docker.io',
  host: 'registry-1.docker.io',
  port: null,
  contact: 'registry-1.docker.io',
  isDockerHub: true,
  isLoopback: false,
}

/** The registry of an image; a well-formed image name may still contain a host that cannot be compared. */
export function registryOf(image: ImageReference): RegistryHost {
  const registry = parseRegistryHost(image.domain)
  if (registry === null)
    throw problem('IMAGE_REF_INVALID', { reason: 'its host is not a name, an address and a port in canonical form' })
  return registry
}

/** Parses host[:port] as a registry; null if it is not in canonical form. */
export function parseRegistryHost(text: string): RegistryHost | null {
  const named = parseHostAndPort(text)
  return named === null ? null : registryAt(named)
}

/** The names by which images may name the registry with this key, in lower case; itself first. */
export function spellingsOf(key: string): readonly string[] {
  const { isDockerHub, isLoopback: onLoopback, port } = parseRegistryHost(key) ?? {}
  const names = isDockerHub ? dockerHubNames : [key]
  return onLoopback || port !== null ? names : names.flatMap((name) => [name, `${name}:${defaultPort}`])
}

/** Whether an image can be on it: in an image name, a host without a dot or port is a name on Docker Hub. */
export function isNamedByImages({ key }: RegistryHost): boolean {
  try {
    return registryOf(parseImageReference(`${key}/image`)).key === key
  } catch {
    return false
  }
}

export function registryAt(named: HostAndPort): RegistryHost {
  if (dockerHubNames.some((host) => sameHostAndPort(named, { host, port: null }, { defaultPort }))) return dockerHub
  const host = named.host
  const onLoopback = isLoopback(host)
  // Elsewhere a login is sent over https only. On loopback http may be listed: there no port means 80, and 443 is another registry (S23).
  const port = named.port === defaultPort && !onLoopback ? null : named.port
  const key = formatHostAndPort({ host, port })
  return { key, host, port, contact: key, isDockerHub: false, isLoopback: onLoopback }
}
