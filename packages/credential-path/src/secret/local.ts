/** Reads a login from the node's own secrets folder, if the file is as private as a secret must be (S21). */
import { constants, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { type LocalSecretReference } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { interruption } from '../process/until-aborted.ts'
import { maxDocumentBytes, parseLoginDocument } from '../match/login-document.ts'
import type { ReadSecret, SecretReader } from './secret-reader.ts'

export interface LocalSecretsOptions {
  readonly folder: string
  /** The agent's own user: root's files are always accepted, the agent's own if it is not root. */
  readonly uid: number
}

/** Follows no links, and does not block on a pipe. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export function localSecretReader({ folder, uid }: LocalSecretsOptions): SecretReader {
  return {
    async read(reference, { signal, onReach }) {
      if (signal.aborted) throw interruption(signal)
      if (reference.provider !== 'local') throw problem('DESIRED_STATE_REFUSED')
      onReach?.('asked')
      await using file = await openSecret(join(folder, reference.name), reference)
      const stat = await file.stat({ bigint: true })
      if (!isPrivate(stat, uid)) throw unsafe(reference)
      const bytes = await readUpTo(file, maxDocumentBytes + 1)
      onReach?.('read')
      return { login: parseLoginDocument(bytes).login, version: versionOf(stat) } satisfies ReadSecret
    },
  }
}

/** A regular file with one link, owned by root or the agent's own user, that nobody else may read or write. */
export function isPrivate(stat: Pick<BigIntStats, 'isFile' | 'nlink' | 'uid' | 'mode'>, agentUid: number): boolean {
  const owned = stat.uid === 0n || stat.uid === BigInt(agentUid)
  return stat.isFile() && stat.nlink === 1n && owned && (stat.mode & 0o7777n) === 0o600n
}

/** Changes with every write and every replacement, and reveals nothing about the content. */
function versionOf({ ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, mtimeNs, ctimeNs].map((part) => part.toString(36)).join('.')
}

async function openSecret(path: string, reference: LocalSecretReference): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw problem('SECRET_NOT_FOUND', { reference: reference.name, provider: 'local' })
    if (code === 'EACCES' || code === 'EPERM') throw problem('SECRET_ACCESS_DENIED', { reference: reference.name })
    throw unsafe(reference)
  }
}

async function readUpTo(file: FileHandle, limit: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(limit)
  let size = 0
  while (size < limit) {
    const { bytesRead } = await file.read(buffer, size, limit - size, null)
    if (bytesRead === 0) break
    size += bytesRead
  }
  return buffer.subarray(0, size)
}

function unsafe({ name }: LocalSecretReference): Problem {
  return problem('SECRET_FILE_UNSAFE', { reference: name })
}
