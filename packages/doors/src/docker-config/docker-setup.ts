/** Edits that make Docker ask our helper for a registry: the map of logins and Docker's own `credHelpers`. Pure: texts in, texts out. */
import { looksLikeSecret, parseSecretReference, type Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { parseJsonObject } from '@fairlead/credential-path/process/parse-json'
import { isMap } from 'yaml'
import { forEverybody, parseLoginMap, parseRegistryPlace, readLoginMapYaml } from '../login-map.ts'
import { authsFor, parseDockerConfig } from './docker-config.ts'

/** Null text: the file does not exist yet. */
export interface SetupFile {
  readonly path: string
  readonly text: string | null
}

export interface SetupFiles {
  readonly map: SetupFile
  readonly docker: SetupFile
}

export interface DockerLogin {
  /** HOST[:PORT], as in the names of images. */
  readonly host: string
  readonly secret: string
  readonly provider: Provider
}

export interface SetupChange {
  readonly file: keyof SetupFiles
  readonly host: string
  readonly change: 'added' | 'replaced' | 'removed' | 'kept'
  /** The previous value, if it was different: a reference or the name of a helper. */
  readonly before: string | null
}

export interface DockerSetup {
  /** Null if nothing changes. */
  readonly mapText: string | null
  readonly dockerText: string | null
  readonly changes: readonly SetupChange[]
  /** Entries under `auths` that still contain a login for these hosts; Docker falls back on them when the helper refuses. */
  readonly leftovers: readonly string[]
}

const helper = 'fairlead'

/** Throws a Problem if a host or reference is invalid, or if a file cannot be parsed. */
export function setUpDocker(files: SetupFiles, logins: readonly DockerLogin[]): DockerSetup {
  for (const { secret, provider } of logins) {
    if (looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
    parseSecretReference(provider, secret, {})
  }
  const [map, docker] = [editMap(files.map), editDocker(files.docker)]
  const changes = [...logins.map(map.set), ...logins.map(docker.set)]
  return { ...edited(changes, map, docker), leftovers: leftoversIn(docker.text(), files.docker.path, logins) }
}

export function undoDockerSetup(files: SetupFiles, hosts: readonly string[]): DockerSetup {
  const [map, docker] = [editMap(files.map), editDocker(files.docker)]
  return { ...edited([...hosts.map(map.remove), ...hosts.map(docker.remove)], map, docker), leftovers: [] }
}

interface Edit {
  readonly set: (login: DockerLogin) => SetupChange
  readonly remove: (host: string) => SetupChange
  readonly text: () => string
}

function edited(changes: readonly SetupChange[], map: Edit, docker: Edit): Omit<DockerSetup, 'leftovers'> {
  const isChanged = (wanted: keyof SetupFiles): boolean =>
    changes.some(({ file, change }) => file === wanted && change !== 'kept')
  return {
    mapText: isChanged('map') ? map.text() : null,
    dockerText: isChanged('docker') ? docker.text() : null,
    changes,
  }
}

/** Edited as a document, to keep the owner's comments. */
function editMap({ path, text }: SetupFile): Edit {
  const entries = forEverybody(parseLoginMap(text ?? '', path))
  const document = readLoginMapYaml(text ?? '', path)
  const known = (host: string) => {
    const { registryKey } = wholeRegistryAt(host)
    return entries.find((entry) => entry.registryKey === registryKey && entry.path.length === 0)
  }
  return {
    set({ host, secret, provider }) {
      const found = known(host)
      if (found?.secret === secret && found.provider === provider)
        return { file: 'map', host, change: 'kept', before: null }
      // A key without a value, or a missing key, becomes a map.
      if (!isMap(document.get('registries'))) document.set('registries', document.createNode({}))
      document.setIn(['registries', found?.name ?? host], document.createNode({ secret, provider }))
      return { file: 'map', host, change: found ? 'replaced' : 'added', before: found?.secret ?? null }
    },
    remove(host) {
      const found = known(host)
      if (found) document.deleteIn(['registries', found.name])
      return { file: 'map', host, change: found ? 'removed' : 'kept', before: null }
    },
    text: () => document.toString(),
  }
}

/** Keeps everything that Docker or others store in its file, in order. */
function editDocker({ path, text }: SetupFile): Edit {
  const document = parseDocument(text ?? '{}', path)
  const helpers = new Map(Object.entries(helpersIn(document, path)))
  return {
    set({ host }) {
      const name = nameForDocker(host)
      const before = helpers.get(name)
      helpers.set(name, helper)
      if (before === helper) return { file: 'docker', host, change: 'kept', before: null }
      return { file: 'docker', host, change: before === undefined ? 'added' : 'replaced', before: before ?? null }
    },
    remove(host) {
      const name = nameForDocker(host)
      const isOurs = helpers.get(name) === helper
      if (isOurs) helpers.delete(name)
      return { file: 'docker', host, change: isOurs ? 'removed' : 'kept', before: null }
    },
    text() {
      const { credHelpers: _, ...rest } = document
      const whole = helpers.size === 0 ? rest : { ...document, credHelpers: Object.fromEntries(helpers) }
      // Docker itself writes tabs, and no line break at the end.
      return JSON.stringify(whole, null, '\t')
    },
  }
}

/** An image's host in the form that Docker passes to a helper. */
function nameForDocker(host: string): string {
  return wholeRegistryAt(host).registryKey === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

function wholeRegistryAt(host: string) {
  const place = parseRegistryPlace(host)
  if (place !== null && place.path.length === 0) return place
  throw problem('USAGE', { reason: `${host} is not HOST[:PORT]; Docker tells a helper the registry alone` })
}

function leftoversIn(text: string, path: string, logins: readonly DockerLogin[]): readonly string[] {
  const config = parseDockerConfig(text, path)
  const named = logins.flatMap(({ host }) => authsFor(config, host))
  return [...new Set(named.filter(({ otherwise }) => otherwise !== 'empty').map(({ name }) => name))]
}

function parseDocument(text: string, path: string): Record<string, unknown> {
  const document = parseJsonObject(text.trim() === '' ? '{}' : text)
  if (document !== null) return document
  throw problem('DOCKER_CONFIG_INVALID', { path, reason: 'it is not a JSON object' })
}

function helpersIn({ credHelpers = {} }: Record<string, unknown>, path: string): Record<string, string> {
  const isObject = typeof credHelpers === 'object' && credHelpers !== null && !Array.isArray(credHelpers)
  if (isObject && Object.values(credHelpers).every((name) => typeof name === 'string')) {
    return credHelpers as Record<string, string>
  }
  throw problem('DOCKER_CONFIG_INVALID', { path, reason: 'credHelpers is not an object of names' })
}
