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
import {
  formatServiceAccount,
  parseServiceAccounts,
  type ServiceAccount,
  type ServiceAccounts,
} from './pods/service-account.ts'

const Secret = z.string().min(1).max(2048)
const Entry = z.union([Secret, z.strictObject({ secret: Secret, provider: Provider.optional() })])

/** `HOST[:PORT]`, or `HOST[:PORT]/PATH` for the repositories under it. */
const Registries = z.record(z.string(), Entry).nullish()

const LoginMapFile = z.strictObject({
  /** For entries without their own provider; the default comes from their reference, else from the machine. */
  provider: Provider.optional(),
  /** For everybody. */
  registries: Registries,
  /** `NAMESPACE/NAME`, or `NAMESPACE` for all of its service accounts: for their pods, which the kubelet's provider serves. */
  service_accounts: z.record(z.string(), Registries).nullish(),
})

export interface LoginMapEntry {
  /** As written in the file. */
  readonly name: string
  /** The registry's identity, which is the same for all of its names. */
  readonly registryKey: string
  /** Whole components; empty for the whole registry. */
  readonly path: readonly string[]
  /** Whose pods may use it; null: everybody. */
  readonly accounts: ServiceAccounts | null
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
  const { provider, registries, service_accounts } = parsed.data
  const givenTo = (field: string, accounts: ServiceAccounts | null, given: z.infer<typeof Registries>) =>
    Object.entries(given ?? {}).map(([name, entry]): LoginMapEntry => {
      const place = parseRegistryPlace(name)
      if (place === null) throw invalid(path, `${field}.${name} is neither HOST[:PORT] nor HOST[:PORT]/PATH`)
      const { secret, provider: own = provider } = typeof entry === 'string' ? { secret: entry } : entry
      if (looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
      return { name, ...place, accounts, secret, provider: own ?? providerNamedBy(secret) ?? ofMachine }
    })
  const ofAccounts = Object.entries(service_accounts ?? {}).flatMap(([name, given]) => {
    const accounts = parseServiceAccounts(name)
    if (accounts === null) throw invalid(path, `service_accounts.${name} is neither NAMESPACE nor NAMESPACE/NAME`)
    return givenTo(`service_accounts.${name}`, accounts, given)
  })
  const entries = [...givenTo('registries', null, registries), ...ofAccounts]
  const places = entries.map((entry) => JSON.stringify([placeOf(entry), entry.accounts]))
  const twice = entries.find((_, index) => places.indexOf(places[index] ?? '') !== index)
  if (twice !== undefined) throw invalid(path, `${placeOf(twice)} is there twice`)
  return entries
}

const placeOf = ({ registryKey, path }: Pick<LoginMapEntry, 'registryKey' | 'path'>): string =>
  [registryKey, ...path].join('/')

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

/** The entry for a whole registry: Docker sends a credential helper only the registry's name, and no service account. */
export function entryForRegistry(map: LoginMap, registryKey: string): LoginMapEntry | null {
  return forEverybody(map).find((entry) => entry.registryKey === registryKey && entry.path.length === 0) ?? null
}

export function forEverybody(map: LoginMap): LoginMap {
  return map.filter(({ accounts }) => accounts === null)
}

/**
 * The entry for a pod's image. The longest place that covers the repository, in whole components, decides, whoever it is given to: a place of one
 * team is not opened to others by a wider place for everybody. Of its entries, the service account's own counts before its namespace's, and
 * that before everybody's. Null if no place covers the repository. Throws SERVICE_ACCOUNT_* if it is given to others alone.
 */
export function entryForPod(
  map: LoginMap,
  image: ImageReference,
  account: ServiceAccount | null,
): LoginMapEntry | null {
  const key = parseRegistryHost(image.domain)?.key
  const ofRegistry = map.filter(({ registryKey }) => registryKey === key)
  const closest = closestEntry(ofRegistry, image.path)
  if (closest === null) return null
  const ofPlace = ofRegistry.filter((entry) => placeOf(entry) === placeOf(closest))
  const givenTo = (holds: (accounts: ServiceAccounts) => boolean): LoginMapEntry | undefined =>
    ofPlace.find(({ accounts }) => accounts !== null && holds(accounts))
  const own = givenTo(({ namespace, name }) => namespace === account?.namespace && name === account.name)
  const ofNamespace = givenTo(({ namespace, name }) => namespace === account?.namespace && name === null)
  const found = own ?? ofNamespace ?? ofPlace.find(({ accounts }) => accounts === null)
  if (found !== undefined) return found
  const wanted = { registry: closest.registryKey, repository: image.path }
  if (account === null) throw problem('SERVICE_ACCOUNT_MISSING', wanted)
  throw problem('SERVICE_ACCOUNT_NOT_NAMED', { ...wanted, name: formatServiceAccount(account) })
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
