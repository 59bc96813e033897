/** Reads the maps of logins that there are, if nobody else can have written them: what stands in an earlier one comes first. */
import { open, type FileHandle } from 'node:fs/promises'
import { problem, tooLarge } from '@fairlead/contract'
import { isSafe } from '../policy/read-node-policy.ts'
import { providerOfMachine } from '../secrets/provider-of-machine.ts'
import { parseLoginMap, type LoginMap } from './login-map.ts'

const maxBytes = 1024 * 1024

/** Throws LOGIN_MAP_UNSAFE or LOGIN_MAP_INVALID. A file that is not there maps nothing. */
export async function readLoginMaps(paths: readonly string[]): Promise<readonly LoginMap[]> {
  return Promise.all(paths.map(readLoginMap))
}

async function readLoginMap(path: string): Promise<LoginMap> {
  await using file = await openMap(path)
  if (file === null) return []
  const stat = await file.stat()
  if (!stat.isFile() || !isSafe(stat, process.getuid?.() ?? 0)) throw problem('LOGIN_MAP_UNSAFE', { path })
  if (stat.size > maxBytes) throw problem('LOGIN_MAP_INVALID', { path, reason: tooLarge(stat.size, maxBytes) })
  return parseLoginMap(await file.readFile('utf8'), path, (await providerOfMachine()) ?? 'local')
}

async function openMap(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw problem('LOGIN_MAP_INVALID', { path, reason: 'it cannot be read' })
  }
}
