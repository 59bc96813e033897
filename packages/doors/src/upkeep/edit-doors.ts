/** Opens and closes doors in the node owner's file: edited as a document, so that its comments and all else stay. Pure: text in, text out. */
import { looksLikeSecret } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { readStrictYaml } from '@fairlead/credential-path/policy/strict-yaml'
import { isMap, isSeq, type Document } from 'yaml'
import { parseRegistryPlace } from '../login-map.ts'

/** Null text: the file does not exist yet. */
export interface OwnerFile {
  readonly path: string
  readonly text: string | null
}

export interface WantedDoor {
  /** HOST[:PORT][/PREFIX], as in the names of images. */
  readonly place: string
  /** Undefined: not said. A new door is then without a login, and a door that exists keeps its own. */
  readonly secret: string | undefined
}

export interface DoorChange {
  readonly place: string
  readonly change: 'added' | 'replaced' | 'kept' | 'removed'
  /** Null: without a login. */
  readonly secret: string | null
  /** What it was, if that is something else. */
  readonly before: string | null
}

export interface EditedDoors {
  /** Null if nothing changes. */
  readonly text: string | null
  readonly changes: readonly DoorChange[]
  /** What was added to `allowed_registries`. */
  readonly allowed: readonly string[]
}

/**
 * `allow`: also lets images come from there. A file that sets nothing yet gets its list in any case: nothing on this node can depend on its
 * absence. Throws POLICY_INVALID, REFERENCE_LOOKS_LIKE_A_SECRET, DOOR_NEEDS_ALLOWED_REGISTRIES, DOOR_NOT_ALLOWED.
 */
export function openDoors(file: OwnerFile, wanted: readonly WantedDoor[], { allow }: { allow: boolean }): EditedDoors {
  const document = read(file)
  const mayAllow = allow || !isMap(document.contents) || document.contents.items.length === 0
  const changes = wanted.map((door) => put(document, door))
  const allowed = [...new Set(wanted.map(({ place }) => place))].filter((place) => !covers(document, place))
  if (allowed.length > 0 && !mayAllow) throw notAllowed(document, allowed, file)
  if (allowed.length > 0) listAt(document, 'allowed_registries', allowed)
  return edited(file, document, changes, allowed)
}

/** Null closes all. Throws POLICY_INVALID. */
export function closeDoors(file: OwnerFile, places: readonly string[] | null): EditedDoors {
  const document = read(file)
  const names = places === null ? doorNames(document) : places
  return edited(
    file,
    document,
    names.map((place) => remove(document, place)),
    [],
  )
}

function edited(
  { path, text }: OwnerFile,
  document: Document,
  changes: readonly DoorChange[],
  allowed: readonly string[],
): EditedDoors {
  const isChanged = allowed.length > 0 || changes.some(({ change }) => change !== 'kept')
  // Long lines stay as they are.
  const after = isChanged ? document.toString({ lineWidth: 0 }) : text
  parseNodePolicy(after ?? '', path)
  return { text: isChanged ? after : null, changes, allowed }
}

function read({ path, text }: OwnerFile): Document {
  const refuse = (reason: string): Problem => problem('POLICY_INVALID', { path, reason })
  const { document } = readStrictYaml(text ?? '', refuse)
  // Also a file that an earlier version of the node used must be valid before it is edited.
  parseNodePolicy(text ?? '', path)
  return document
}

function put(document: Document, { place, secret }: WantedDoor): DoorChange {
  if (secret !== undefined && looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  const name = nameIn(document, place)
  const before = name === null ? null : secretAt(document, name)
  if (name !== null && (secret === undefined || secret === before)) {
    return { place: name, change: 'kept', secret: before, before: null }
  }
  if (!isMap(document.contents)) document.contents = document.createNode({}) as typeof document.contents
  if (!isMap(document.get('doors'))) document.set('doors', document.createNode({}))
  document.setIn(['doors', name ?? place], secret ?? null)
  return { place: name ?? place, change: name === null ? 'added' : 'replaced', secret: secret ?? null, before }
}

function remove(document: Document, place: string): DoorChange {
  const name = nameIn(document, place)
  if (name === null) return { place, change: 'kept', secret: null, before: null }
  const before = secretAt(document, name)
  document.deleteIn(['doors', name])
  return { place: name, change: 'removed', secret: null, before }
}

/** As the file spells it: `docker.io/team` may be there as `index.docker.io/team`. */
function nameIn(document: Document, place: string): string | null {
  const key = keyOf(place)
  return doorNames(document).find((name) => keyOf(name) === key) ?? null
}

function doorNames(document: Document): readonly string[] {
  const doors = document.get('doors')
  return isMap(doors) ? Object.keys(doors.toJSON() as object) : []
}

function secretAt(document: Document, name: string): string | null {
  const value = document.getIn(['doors', name])
  return typeof value === 'string' ? value : null
}

/** Whether images from the place, or from a part of it, may be used on this node. */
function covers(document: Document, place: string): boolean {
  const list = document.get('allowed_registries')
  const entries = isSeq(list) ? (list.toJSON() as readonly string[]) : []
  const wanted = `${keyOf(place)}/`
  return entries.some((entry) => {
    const allowed = `${keyOf(entry.replace(/\/$/, ''))}/`
    return wanted.startsWith(allowed) || allowed.startsWith(wanted)
  })
}

function listAt(document: Document, name: string, entries: readonly string[]): void {
  if (isSeq(document.get(name))) for (const entry of entries) document.addIn([name], entry)
  else document.set(name, document.createNode(entries))
}

function notAllowed(document: Document, [place = '']: readonly string[], { path }: OwnerFile): Problem {
  if (!isSeq(document.get('allowed_registries'))) return problem('DOOR_NEEDS_ALLOWED_REGISTRIES')
  return problem('DOOR_NOT_ALLOWED', { name: place, path })
}

/** The registry's identity, which is the same for all of its names, and the path. */
function keyOf(place: string): string {
  const parsed = parseRegistryPlace(place)
  return parsed === null ? place : [parsed.registryKey, ...parsed.path].join('/')
}
