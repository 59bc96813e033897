/**
 * Reads the logins of a Docker configuration: a `config.json`, a `.dockercfg`, or the imagePullSecret of Kubernetes that contains one. Its text never
 * enters an error: no parser message, no excerpt.
 */
import { matchServer } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { Redacted } from '@fairlead/credential-path/match/redacted'
import { parseJsonObject } from '@fairlead/credential-path/process/parse-json'
import { wholeRegistry } from '../engine-login.ts'

/** One entry under `auths`, as written. */
export interface DockerAuth {
  /** The key: a host, or a URL. */
  readonly name: string
  readonly login: { readonly username: Redacted<string>; readonly password: Redacted<string> } | null
  /** What the entry has in place of a usable login. */
  readonly otherwise: 'empty' | 'identity-token' | 'unreadable' | null
}

export interface DockerConfig {
  readonly auths: readonly DockerAuth[]
  /** Host to helper, or to an empty name: this file itself. `credsStore` covers all other hosts. */
  readonly credHelpers: ReadonlyMap<string, string>
  readonly credsStore: string | null
}

type JsonObject = Record<string, unknown>

const deepest = 3

/** Throws DOCKER_CONFIG_INVALID. */
export function parseDockerConfig(text: string, path: string): DockerConfig {
  return readConfig(text, path, 0)
}

/** The entries for one registry, in any spelling of its name. */
export function authsFor(config: DockerConfig, domain: string): readonly DockerAuth[] {
  return config.auths.filter(({ name }) => matchServer(name, wholeRegistry(domain)).match)
}

function readConfig(text: string, path: string, depth: number): DockerConfig {
  const document = parseJsonObject(text) ?? parseJsonObject(fromBase64(text) ?? '')
  if (document === null || depth === deepest) throw invalid(path, 'it is neither JSON nor JSON in base64')
  const inner = innerText(document)
  if (inner !== null) return readConfig(inner, path, depth + 1)
  if (document['kind'] !== undefined) throw invalid(path, 'it is no Secret of type kubernetes.io/dockerconfigjson')
  const auths =
    'auths' in document || 'credsStore' in document || 'credHelpers' in document ? document['auths'] : document
  return {
    auths: entriesOf(auths ?? {}, 'auths', path).map(([name, entry]) => readAuth(name, entry)),
    credHelpers: new Map(
      entriesOf(document['credHelpers'] ?? {}, 'credHelpers', path).flatMap(([host, helper]) =>
        typeof helper === 'string' ? [[host, helper] as const] : [],
      ),
    ),
    credsStore:
      typeof document['credsStore'] === 'string' && document['credsStore'] !== '' ? document['credsStore'] : null,
  }
}

/** The configuration inside a Kubernetes Secret; null if the document is already one. */
function innerText(document: JsonObject): string | null {
  if (document['kind'] !== undefined && document['kind'] !== 'Secret') return null
  const { data, stringData } = document
  for (const key of ['.dockerconfigjson', '.dockercfg']) {
    const plain = textAt(stringData, key) ?? textAt(document, key)
    if (plain !== null) return plain
    const encoded = textAt(data, key)
    if (encoded !== null) return fromBase64(encoded) ?? ''
  }
  return null
}

function readAuth(name: string, entry: unknown): DockerAuth {
  if (!isObject(entry)) return { name, login: null, otherwise: 'unreadable' }
  if ((textAt(entry, 'identitytoken') ?? '') !== '') return { name, login: null, otherwise: 'identity-token' }
  const auth = textAt(entry, 'auth') ?? ''
  // As in Docker: the content of `auth` takes precedence over the fields next to it.
  if (auth !== '') {
    const pair = fromBase64(auth)
    const colon = pair?.indexOf(':') ?? -1
    if (pair === null || colon < 1) return { name, login: null, otherwise: 'unreadable' }
    // Docker's own files may be padded with NULs at the end.
    return { name, ...loginOf(pair.slice(0, colon), pair.slice(colon + 1).replace(/(?<!\0)\0+$/, '')) }
  }
  return { name, ...loginOf(textAt(entry, 'username') ?? '', textAt(entry, 'password') ?? '') }
}

function loginOf(username: string, password: string): Pick<DockerAuth, 'login' | 'otherwise'> {
  if (username === '' || password === '') return { login: null, otherwise: 'empty' }
  return { login: { username: new Redacted(username), password: new Redacted(password) }, otherwise: null }
}

/** Null for anything but base64 of UTF-8. As to Docker, breaks of lines are not part of it, and other white space is an error. */
function fromBase64(text: string): string | null {
  const digits = text.replaceAll(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(digits, 'base64'))
  } catch {
    return null
  }
}

function entriesOf(value: unknown, field: string, path: string): [string, unknown][] {
  if (!isObject(value)) throw invalid(path, `${field} is not an object`)
  return Object.entries(value)
}

function textAt(value: unknown, key: string): string | null {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : null
  return typeof found === 'string' ? found : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(path: string, reason: string): Problem {
  return problem('DOCKER_CONFIG_INVALID', { path, reason })
}
