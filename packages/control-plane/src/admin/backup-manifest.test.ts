import { expect, test } from 'vitest'
import { footerBytes, formatManifest, manifestLength } from './backup-manifest.ts'

test('S9: a footer that promises more than a mebibyte of manifest is none', () => {
  const made_at = '2026-11-24T12:00:00.000Z'
  const database = { bytes: 1, sha256: '0'.repeat(64) }
  const written = formatManifest({ made_at, made_by: 'x', schema_version: 1, rows: {}, database, files: {} })
  const footer = written.slice(-footerBytes)
  const lengthOf = (bytes: number) => manifestLength(Buffer.from(String(bytes).padStart(16, '0') + footer.slice(16)))
  expect(lengthOf(2 ** 20)).toBe(2 ** 20)
  expect(lengthOf(2 ** 20 + 1)).toBeNull()
})
