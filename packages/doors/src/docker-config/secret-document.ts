/** Builds a secret's document from a login in a Docker configuration: `{"username", "password", "server"}`. */
import { parseRegistryHost } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { parseLoginDocument } from '@fairlead/credential-path/match/login-document'
import { hostIn } from '../docker-credential/helper-protocol.ts'
import { authsFor, parseDockerConfig, type DockerAuth, type DockerConfig } from './docker-config.ts'

export interface DocumentQuestion {
  readonly bytes: Uint8Array
  /** As the user named it, for problems. */
  readonly path: string
  /** host[:port] of the registry, in canonical form. */
  readonly server: string
}

/** Passes the document's text only to `write`. Throws DOCKER_CONFIG_*. */
export function secretFromDockerConfig({ bytes, path, server }: DocumentQuestion, write: (text: string) => void): void {
  const registry = parseRegistryHost(server)?.key ?? server
  const config = parseDockerConfig(decode(bytes, path), path)
  const login = oneLogin(config, { registry, server, path })
  const text = login.username.spend((username) =>
    login.password.spend((password) => `${JSON.stringify({ username, password, server })}\n`),
  )
  try {
    // A document that no node could read as a secret is not worth storing.
    parseLoginDocument(Buffer.from(text, 'utf8'))
  } catch (error) {
    if (!isProblem(error)) throw error
    const field = String(error.facts.field ?? 'its length')
    throw unusable(registry, path, `its ${field} is not a string that a secret may hold`)
  }
  write(text)
}

interface Wanted {
  readonly registry: string
  readonly server: string
  readonly path: string
}

type Login = NonNullable<DockerAuth['login']>

function oneLogin(config: DockerConfig, { registry, server, path }: Wanted): Login {
  const named = authsFor(config, server)
  const logins = named.flatMap(({ login }) => (login === null ? [] : [login]))
  const [first, ...more] = logins
  if (first !== undefined) {
    if (more.every((other) => sameLogin(first, other))) return first
    throw unusable(registry, path, 'it has several logins for this registry, under several names')
  }
  const reasons = new Set(named.map(({ otherwise }) => otherwise))
  if (reasons.has('identity-token')) {
    throw unusable(registry, path, 'it is an identity token, which a registry trades for tokens, and no password')
  }
  if (reasons.has('unreadable')) throw unusable(registry, path, 'its auth is not USER:PASSWORD in base64')
  const own = [...config.credHelpers].find(([host]) => parseRegistryHost(hostIn(host))?.key === registry)?.[1]
  if (own ?? (named.length > 0 && config.credsStore)) {
    throw unusable(registry, path, 'a credential helper of Docker keeps it, outside of this file')
  }
  throw problem('DOCKER_CONFIG_NO_LOGIN', { path, registry })
}

function sameLogin(a: Login, b: Login): boolean {
  const text = ({ username, password }: Login) =>
    username.spend((user) => password.spend((secret) => `${user}:${secret}`))
  return text(a) === text(b)
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw problem('DOCKER_CONFIG_INVALID', { path, reason: 'it is not text' })
  }
}

function unusable(registry: string, path: string, reason: string): Problem {
  return problem('DOCKER_CONFIG_LOGIN_UNUSABLE', { registry, path, reason })
}
