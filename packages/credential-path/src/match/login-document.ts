/** Parses the secret's document into a login. Its text never enters an error: no parser message, no excerpt, no length. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { topLevelKeys } from './json-keys.ts'
import { Redacted } from './redacted.ts'
import type { RegistryLogin } from './registry-login.ts'

export interface LoginDocument {
  readonly login: RegistryLogin
  /** Other top-level keys, sorted; shown to the secret's owner, never to the control plane (S6). */
  readonly ignoredKeys: readonly string[]
}

export const maxDocumentBytes = 65_536
const fields = ['username', 'password', 'server'] as const
type Field = (typeof fields)[number]

/** Throws SECRET_TOO_LARGE, SECRET_NOT_JSON, SECRET_FIELD_MISSING or SECRET_FIELD_INVALID, checked in this order. */
export function parseLoginDocument(bytes: Uint8Array): LoginDocument {
  if (bytes.length > maxDocumentBytes) throw problem('SECRET_TOO_LARGE')
  const text = decode(bytes)
  const document = parseObject(text)
  const keys = topLevelKeys(text)

  const missing = fields.find((field) => !Object.hasOwn(document, field))
  if (missing) throw problem('SECRET_FIELD_MISSING', { field: missing })
  const field = (name: Field): Redacted<string> => {
    const value = document[name]
    const once = keys.filter((key) => key === name).length === 1
    const isKeyFile = name === 'password' && isGoogleKey(document['username'], value)
    if (!once || typeof value !== 'string' || !(isKeyFile || usable(name, value)))
      throw problem('SECRET_FIELD_INVALID', { field: name })
    return new Redacted(value)
  }

  return {
    login: { username: field('username'), password: field('password'), server: field('server') },
    ignoredKeys: [...new Set(keys)].filter((key) => !(fields as readonly string[]).includes(key)).sort(),
  }
}

function usable(name: Field, value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- RFC 7617 forbids control characters in both parts
  if (value === '' || /[\u0000-\u001f\u007f]/.test(value) || !value.isWellFormed()) return false
  return name !== 'username' || !value.includes(':')
}

/**
 * Google's registries take a service account's key file, unchanged, as the password of the user `_json_key`: several lines of JSON
 * (https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key). Base64 makes its line feeds harmless; other control
 * characters are refused: most by JSON, U+007F here.
 */
function isGoogleKey(username: unknown, password: unknown): boolean {
  if (username !== '_json_key' || typeof password !== 'string') return false
  if (password.includes('\u007f') || !password.isWellFormed()) return false
  try {
    parseObject(password)
    return true
  } catch {
    return false
  }
}

/** A leading byte order mark is dropped; bytes that are not UTF-8 are never replaced. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notJson()
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // V8's message quotes its input, so it must not propagate.
    throw notJson()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson()
  return value as Record<string, unknown>
}

function notJson(): Problem {
  return problem('SECRET_NOT_JSON')
}
