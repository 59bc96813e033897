/**
 * The trailer after the database in a backup file, so that one file is a complete backup and no part of it can change undetected:
 *
 *     the database | manifest, JSON | its length, 16 digits | its SHA-256, 64 digits | the mark
 *
 * SQLite reads only its own pages, so the file is also a valid database.
 */
import { createHash } from 'node:crypto'
import { Timestamp } from '@fairlead/contract/names'
import { Sha256 } from '@fairlead/contract/wire'
import { z } from 'zod'
import { caNames } from '../store/data-dir.ts'

const mark = 'FAIRLEAD BACKUP1'
const lengthDigits = 16
const hashDigits = 64
export const footerBytes = lengthDigits + hashDigits + mark.length
const longestManifest = 1024 * 1024

export const BackupManifest = z.strictObject({
  made_at: Timestamp,
  made_by: z.string().max(64),
  schema_version: z.int().positive(),
  rows: z.record(z.string().max(64), z.int().nonnegative()),
  database: z.strictObject({ bytes: z.int().positive(), sha256: Sha256 }),
  /** The control plane's own CA, if it made one: nodes that have joined trust no other. */
  files: z.strictObject(Object.fromEntries(caNames.map((name) => [name, z.string().max(16_384).optional()]))),
})
export type BackupManifest = z.infer<typeof BackupManifest>

export function formatManifest(manifest: BackupManifest): string {
  const text = JSON.stringify(manifest)
  const length = String(Buffer.byteLength(text)).padStart(lengthDigits, '0')
  return `${text}${length}${sha256(text)}${mark}`
}

/** Length in bytes of the manifest before the footer; null if this is not a footer. */
export function manifestLength(footer: Buffer): number | null {
  const text = footer.toString('latin1')
  const length = text.slice(0, lengthDigits)
  if (text.length !== footerBytes || !text.endsWith(mark) || !/^\d+$/.test(length)) return null
  return Number(length) <= longestManifest ? Number(length) : null
}

/** Null if it differs from what was written. */
export function parseManifest(bytes: Buffer, footer: Buffer): BackupManifest | null {
  const hash = footer.toString('latin1', lengthDigits, lengthDigits + hashDigits)
  if (sha256(bytes) !== hash) return null
  try {
    return BackupManifest.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
