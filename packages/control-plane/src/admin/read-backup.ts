/** Opens a backup file and proves that it is complete, byte for byte, before anything is done with it. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { problem, readFault } from '@fairlead/contract/problems'
import { migrations } from '../store/migrate.ts'
import { footerBytes, manifestLength, parseManifest, type BackupManifest } from './backup-manifest.ts'
import type { OnProgress } from './progress.ts'

const pieceBytes = 1024 * 1024

/** `onPiece` gets the database as it is read; do not rely on any of it before this returns. */
export async function readBackup(
  path: string,
  onProgress: OnProgress,
  onPiece: (piece: Buffer) => Promise<void> = async () => {},
): Promise<BackupManifest> {
  await using file = await openFile(path)
  const manifest = await manifestOf(file, path)
  if (manifest.schema_version > migrations.length) throw problem('DATABASE_TOO_NEW', { path })
  const hash = createHash('sha256')
  const { bytes: total } = manifest.database
  for (let at = 0; at < total;) {
    const piece = await readAt(file, at, Math.min(pieceBytes, total - at))
    if (piece.length === 0) throw unusable(path, 'it is cut off')
    hash.update(piece)
    await onPiece(piece)
    at += piece.length
    onProgress({ work: 'read', done: at, total })
  }
  if (hash.digest('hex') !== manifest.database.sha256) throw unusable(path, 'its bytes do not have their SHA-256')
  return manifest
}

async function manifestOf(file: FileHandle, path: string): Promise<BackupManifest> {
  const { size } = await file.stat()
  if (size < footerBytes) throw unusable(path, 'it does not end like one')
  const footer = await readAt(file, size - footerBytes, footerBytes)
  const length = manifestLength(footer)
  const end = size - footerBytes
  if (length === null || length > end) throw unusable(path, 'it does not end like one')
  const manifest = parseManifest(await readAt(file, end - length, length), footer)
  if (manifest === null) throw unusable(path, 'its manifest does not have its SHA-256')
  if (manifest.database.bytes !== end - length) throw unusable(path, 'its length is not the one on its manifest')
  return manifest
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  })
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'it is not a regular file' })
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  return bytes.subarray(0, bytesRead)
}

const unusable = (path: string, reason: string) => problem('BACKUP_UNUSABLE', { path, reason })
