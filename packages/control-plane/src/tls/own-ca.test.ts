import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOwnCa } from './own-ca.ts'

let dir: ReturnType<typeof mkdtempDisposableSync>
beforeEach(() => {
  dir = mkdtempDisposableSync(join(tmpdir(), 'fairlead-ca-'))
})
afterEach(() => dir.remove())

const file = (name: string): string => join(dir.path, name)
const now = Date.now()

test('a CA whose certificate is gone keeps its key: whoever trusts the old certificate trusts what it issues', async () => {
  await openOwnCa(dir.path, now)
  const [before, key] = [readFileSync(file('ca.pem')), readFileSync(file('ca-key.pem'))]
  rmSync(file('ca.pem'))
  const ca = await openOwnCa(dir.path, now)
  expect(readFileSync(file('ca-key.pem'))).toEqual(key)
  const trusted = new X509Certificate(before)
  const leaf = new X509Certificate((await ca.issue(['localhost'], now)).cert)
  expect([leaf.checkIssued(trusted), leaf.verify(trusted.publicKey)]).toEqual([true, true])
})

test.for([
  ['is missing', 'CONFIG_FILE_UNREADABLE', () => rmSync(file('ca-key.pem'))],
  ['is no key', 'TLS_FILE_INVALID', () => writeFileSync(file('ca-key.pem'), 'key')],
  ['is empty', 'TLS_FILE_INVALID', () => writeFileSync(file('ca-key.pem'), '')],
] as const)('a CA whose key %s is not replaced (%s)', async ([, code, damage]) => {
  await openOwnCa(dir.path, now)
  const before = readFileSync(file('ca.pem'))
  damage()
  await expect(openOwnCa(dir.path, now)).rejects.toMatchObject({ code })
  expect(readFileSync(file('ca.pem'))).toEqual(before)
})

test('a CA with the key of another one issues nothing', async () => {
  using other = mkdtempDisposableSync(join(tmpdir(), 'fairlead-ca-'))
  await openOwnCa(other.path, now)
  await openOwnCa(dir.path, now)
  copyFileSync(join(other.path, 'ca-key.pem'), file('ca-key.pem'))
  await expect(openOwnCa(dir.path, now)).rejects.toMatchObject({ code: 'TLS_KEY_MISMATCH' })
})
