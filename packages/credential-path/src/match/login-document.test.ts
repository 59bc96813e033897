/** The secret document, checked against the shared vectors and for what must never leak from it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLoginDocument } from './login-document.ts'

interface Case {
  name: string
  secretString?: string
  secretParts?: (string | { repeat: string; count: number })[]
  secretBinary?: string
  ok?: { username: string; server: string; passwordSha256: string; ignoredKeys: string[] }
  error?: string
  field?: string
}

const vectors = new URL('../../../contract/fixtures/vectors/registry-secret.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: Case[] }

function bytesOf(row: Case): Uint8Array {
  if (row.secretBinary !== undefined) return Buffer.from(row.secretBinary, 'base64')
  const parts = row.secretParts ?? [row.secretString ?? '']
  return Buffer.from(parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.count))).join(''))
}

function problemOf(bytes: Uint8Array): Problem {
  try {
    parseLoginDocument(bytes)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('the document was accepted')
}

function answer(bytes: Uint8Array): object {
  try {
    const { login, ignoredKeys } = parseLoginDocument(bytes)
    return {
      ok: {
        username: login.username.spend((text) => text),
        server: login.server.spend((text) => text),
        passwordSha256: login.password.spend((text) => createHash('sha256').update(text).digest('hex')),
        ignoredKeys,
      },
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { error: error.code, ...(error.facts.field && { field: error.facts.field }) }
  }
}

describe('the vectors of the secret document', () => {
  test.each(cases.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const expected = row.ok ? { ok: row.ok } : { error: row.error, ...(row.field && { field: row.field }) }
    expect(answer(bytesOf(row))).toEqual(expected)
  })
})

describe('a document from an untrusted source', () => {
  test('S9: yields a login or a problem with the secret for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.oneof(fc.json(), fc.string()).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(answer(bytes)).toSatisfy((read: object) => 'ok' in read || 'error' in read)
        },
      ),
    )
  })

  test('preserves any login through a round trip', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.isWellFormed())
    // oxlint-disable-next-line no-control-regex -- the rule under test
    const usable = text.filter((value) => !/[\u0000-\u001f\u007f]/.test(value))
    const name = usable.filter((value) => !value.includes(':'))
    fc.assert(
      fc.property(name, usable, usable, (username, password, server) => {
        const { login } = parseLoginDocument(Buffer.from(JSON.stringify({ username, password, server })))
        expect(login.username.spend((value) => value)).toBe(username)
        expect(login.password.spend((value) => value)).toBe(password)
        expect(login.server.spend((value) => value)).toBe(server)
      }),
    )
  })

  const keyFile = `{\n\t"type": "service_account",\r\n  "private_key": "-----BEGIN PRIVATE KEY-----\\nMII\\n"\n}\n`
  const document = (username: string, password: string) =>
    Buffer.from(JSON.stringify({ username, password, server: 'europe-docker.pkg.dev' }))

  test('takes the key file of a Google service account unchanged as the password of _json_key, with all its lines', () => {
    const { login } = parseLoginDocument(document('_json_key', keyFile))
    expect(login.password.spend((value) => value)).toBe(keyFile)
  })

  test.each([
    ['of another user', 'robot', keyFile],
    ['that is no JSON', '_json_key', 'hunter2\n'],
    ['that is a list', '_json_key', '[\n]'],
    ['with more behind the JSON', '_json_key', `${keyFile}X-Evil: 1`],
    ['with a NUL', '_json_key', `${keyFile}\0`],
    ['with U+007F in a string', '_json_key', '{\n"a":"\u007f"}'],
  ])('rejects several lines %s as a password', (_, username, password) => {
    expect(answer(document(username, password))).toEqual({ error: 'SECRET_FIELD_INVALID', field: 'password' })
  })

  test('S9: treats a key written with escapes as the same key, so finds its duplicate', () => {
    const twice = String.raw`{"\u0075sername":"a","username":"b","password":"p","server":"reg.example.com"}`
    expect(answer(Buffer.from(twice))).toEqual({ error: 'SECRET_FIELD_INVALID', field: 'username' })
    const once = String.raw`{"\u0075sername":"a","pass\u0077ord":"p","server":"reg.example.com"}`
    expect(answer(Buffer.from(once))).toMatchObject({ ok: { username: 'a' } })
  })

  test('S9: does not count a key inside a nested document or a string as a duplicate', () => {
    const nested = String.raw`{"x":{"username":"n","password":["username"]},"y":"\"username\":\\","username":"u","password":"p","server":"s"}`
    expect(answer(Buffer.from(nested))).toMatchObject({ ok: { username: 'u', ignoredKeys: ['x', 'y'] } })
  })

  test('S9: handles nesting up to the limit quickly and without overflow', () => {
    const deep = `{"x":${'['.repeat(30_000)}${']'.repeat(30_000)},"username":"u","password":"p","server":"s"}`
    expect(answer(Buffer.from(deep))).toMatchObject({ ok: { username: 'u' } })
  })
})

describe('a rejected document', () => {
  const canary = 'canary-hunter2-6f1d'
  const refused = [
    `{"username":"u","password":"${canary}"`,
    canary,
    `{"username":7,"password":"${canary}","server":"s"}`,
    `{"username":"u","password":"${canary}\\n","server":"s"}`,
    `{"${canary}":"u","password":"p","server":"s"}`,
    `{"username":"u:${canary}","password":"p","server":"s"}`,
  ]
  test.each(refused)('S5, S6: puts no part of the document into the problem: case %#', (document) => {
    const found = problemOf(Buffer.from(document))
    const told = [inspect(found, { depth: null, showHidden: true }), found.stack, JSON.stringify(found.toDocument())]
    for (const text of told) expect(text).not.toContain(canary)
    expect(found.cause).toBeUndefined()
  })

  test('S5: leaves a login that prints as redacted in every form', () => {
    const { login } = parseLoginDocument(Buffer.from(`{"username":"u","password":"${canary}","server":"s"}`))
    const printed = [String(login.password), JSON.stringify(login), inspect(login, { depth: null, showHidden: true })]
    for (const text of printed) expect(text).not.toContain(canary)
    expect(inspect(structuredClone(login.password))).not.toContain(canary)
  })
})
