/** The files of doors, as they should be and as they are: in place, missing, changed, or somebody else's. */
import { constants } from 'node:fs'
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { DoorFile, FoundEngine } from '../engines/engine-door.ts'
import { keyFolder } from '../engines/mirror-place.ts'

/** What is at a path; `other`: a folder, a socket or a file that is too large. */
export type Content = { readonly text: string } | { readonly link: string } | 'other' | null

export interface SeenFile {
  /** Outside the root, as in `DoorFile`. */
  readonly path: string
  readonly content: Content
  /** Whether what was there before is kept next to it. */
  readonly hasBefore: boolean
}

export type DoorFileState = 'in_place' | 'missing' | 'changed'

/** Where a file of somebody else is kept while the door's is in its place. */
export const beforePath = (path: string): string => `${path}.before-fairlead`

export function stateOf(wanted: DoorFile, content: Content): DoorFileState {
  if (content === null) return 'missing'
  return isSame(wanted, content) ? 'in_place' : 'changed'
}

function isSame(wanted: DoorFile, content: Content): boolean {
  if (content === null || content === 'other') return false
  if ('text' in wanted) return 'text' in content && content.text === wanted.text
  return 'link' in content && content.link === wanted.link
}

const notice = /^# Written by fairlead for its door; `fairlead door close ([^`\s]+)`/

/** For whose door we wrote it; `keys`: a link to the agent's keys, which doors share. Null: it is somebody else's. */
export function ownerOf(content: Content, stateDir: string): { readonly registry: string } | 'keys' | null {
  if (content === null || content === 'other') return null
  if ('link' in content) return content.link.startsWith(`${keyFolder(stateDir)}/`) ? 'keys' : null
  const [, registry] = notice.exec(content.text) ?? []
  return registry === undefined ? null : { registry }
}

export async function readDoorFile(root: string, path: string): Promise<SeenFile> {
  return {
    path,
    content: await contentAt(join(root, path)),
    hasBefore: (await contentAt(join(root, beforePath(path)))) !== null,
  }
}

const deepest = 3
const largest = 1024 * 1024

/** Everything that we wrote below the engine's folder, whether or not a door still needs it; also in a folder to which a link in it leads. */
export async function findDoorFiles(
  root: string,
  { folder }: FoundEngine,
  stateDir: string,
): Promise<readonly SeenFile[]> {
  const found: SeenFile[] = []
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(root, path))) {
      const at = join(path, entry.name)
      if (entry.isDirectory() && depth < deepest) await visit(at, depth + 1)
      else if (depth === 1 && entry.isSymbolicLink() && (await isFolderWithin(root, at))) await visit(at, deepest)
      else if (entry.isFile() || entry.isSymbolicLink()) {
        const seen = await readDoorFile(root, at)
        if (ownerOf(seen.content, stateDir) !== null) found.push(seen)
      }
    }
  }
  await visit(folder, 1)
  return found
}

/** A link in an image that leads out of it would show the files of this machine. */
async function isFolderWithin(root: string, link: string): Promise<boolean> {
  try {
    const [real, at] = await Promise.all([realpath(`${root}/`), realpath(join(root, link))])
    return at.startsWith(join(real, sep)) && (await stat(at)).isDirectory()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}

async function contentAt(path: string): Promise<Content> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error) return null
    throw error
  })
  if (stat === null) return null
  if (stat.isSymbolicLink()) return { link: await readlink(path) }
  if (!stat.isFile() || stat.size > largest) return 'other'
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  return { text: await file.readFile('utf8') }
}
