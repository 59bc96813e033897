/** The map of logins: which secret has the login of which registry, as written by this machine's owner. It contains no secret. */
import {
  isPathComponent,
  looksLikeSecret,
  parseRegistryHost,
  Provider,
  providerNamedBy,
  type ImageReference,
} from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import type { Document } from 'yaml'
import { z } from 'zod'
import { readStrictYaml } from '@fairlead/credential-path/policy/strict-yaml'

const Secret = z.string().min(1).max(2048)
const Entry = z.union([Secret, z.strictObject({ secret: Secret, provider: Provider.optional() })])

const LoginMapFile = z.strictObject({
  /** For entries without their own provider; the default comes from their reference, else from the machine. */
  provider: Provider.optional(),
  /** `HOST[:PORT]`, or `HOST[:PORT]/PATH` for the repositories under it. */
  registries: z.record(z.string(), Entry).nullish(),
})

export interface LoginMapEntry {
  /** As written in the file. */
  readonly name: string
  /** The registry's identity, which is the same for all of its names. */
  readonly registryKey: string
  /** Whole components; empty for the whole registry. */
  readonly path: readonly string[]
  readonly secret: string
  readonly provider: Provider
}

export type LoginMap = readonly LoginMapEntry[]

/** `ofMachine`: for a bare name, if nothing else decides it. Throws LOGIN_MAP_INVALID, which repeats only the names of the file's keys. */
export function parseLoginMap(text: string, path: string, ofMachine: Provider = 'local'): LoginMap {
  const parsed = LoginMapFile.safeParse(readLoginMapYaml(text, path).toJS({ maxAliasCount: 0 }) ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = issue?.path.map(String).join('.') || 'its top'
    throw invalid(path, `${at} is not as in the documentation`)
  }
  const { provider, registries } = parsed.data
  const entries = Object.entries(registries ?? {}).map(([name, entry]) => {
    const place = parseRegistryPlace(name)
    if (place === null) throw invalid(path, `registries.${name} is neither HOST[:PORT] nor HOST[:PORT]/PATH`)
    const { secret, provider: own = provider } = typeof entry === 'string' ? { secret: entry } : entry
    if (looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
    return { name, ...place, secret, provider: own ?? providerNamedBy(secret) ?? ofMachine }
  })
  const places = entries.map(({ registryKey, path: under }) => [registryKey, ...under].join('/'))
  const twice = places.find((place, index) => places.indexOf(place) !== index)
  if (twice !== undefined) throw invalid(path, `${twice} is there twice`)
  return entries
}

/** The document with its comments, for callers that change it. Throws LOGIN_MAP_INVALID. */
export function readLoginMapYaml(text: string, path: string): Document {
  return readStrictYaml(text, (reason) => invalid(path, reason)).document
}

/** Null if the text is not in canonical form. */
export function parseRegistryPlace(text: string): Pick<LoginMapEntry, 'registryKey' | 'path'> | null {
  const [host = '', ...path] = text.split('/')
  const registry = parseRegistryHost(host)
  if (registry === null || !path.every(isPathComponent)) return null
  return { registryKey: registry.key, path }
}

/** The entry for a whole registry: Docker sends a credential helper only the registry's name. */
export function entryForRegistry(map: LoginMap, registryKey: string): LoginMapEntry | null {
  return map.find((entry) => entry.registryKey === registryKey && entry.path.length === 0) ?? null
}

/** The entry that matches the longest part of the image's repository, in whole components. */
export function entryForImage(map: LoginMap, image: ImageReference): LoginMapEntry | null {
  const key = parseRegistryHost(image.domain)?.key
  return closestEntry(
    map.filter(({ registryKey }) => registryKey === key),
    image.path,
  )
}

/** Of the entries of one registry, the one with the longest path that covers the repository, in whole components. */
export function closestEntry<Entry extends { readonly path: readonly string[] }>(
  entries: readonly Entry[],
  repository: string,
): Entry | null {
  const components = repository.split('/')
  const covering = entries.filter(({ path }) => path.every((part, index) => part === components[index]))
  return covering.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null
}

function invalid(path: string, reason: string): Problem {
  return problem('LOGIN_MAP_INVALID', { path, reason })
}
