/** `fairlead explain` gives the answers of the shared vectors, key for key. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explainChallenge, explainRealm, explainSecretDocument, type RealmQuestion } from './explain.ts'

interface Row {
  name: string
  secretString?: string
  secretParts?: (string | { repeat: string; count: number })[]
  secretBinary?: string
  headers?: string[]
  allowed?: boolean
  ok?: unknown
  error?: string
  field?: string
}

function rowsOf(file: string): [string, Row][] {
  const vectors = new URL(`../../contract/fixtures/vectors/${file}`, import.meta.url)
  return (JSON.parse(readFileSync(vectors, 'utf8')) as { cases: Row[] }).cases.map((row) => [row.name, row])
}

function answerOf({ ok, error, field }: Row): object {
  return {
    ...(ok !== undefined && { ok }),
    ...(error !== undefined && { error }),
    ...(field !== undefined && { field }),
  }
}

describe('the secret document', () => {
  test.each(rowsOf('registry-secret.json'))('%s', (_, row) => {
    const parts = row.secretParts ?? [row.secretString ?? '']
    const text = parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.count))).join('')
    const bytes = row.secretBinary === undefined ? Buffer.from(text) : Buffer.from(row.secretBinary, 'base64')
    expect(explainSecretDocument(bytes, { fingerprint: true })).toEqual(answerOf(row))
  })

  test('S5: does not show the password, and shows its hash only on request', () => {
    const answer = explainSecretDocument(Buffer.from('{"username":"u","password":"canary","server":"s"}'))
    expect(answer).toEqual({ ok: { username: 'u', server: 's', ignoredKeys: [] } })
  })
})

describe('the challenge', () => {
  test.each(rowsOf('auth-challenge.json'))('%s', (_, row) => {
    expect(explainChallenge(row.headers ?? [])).toEqual(answerOf(row))
  })

  test('treats a parameter named like a JavaScript built-in as a parameter', () => {
    const [challenge] = explainChallenge(['Foo __proto__="x"']).ok ?? []
    expect(JSON.stringify(challenge?.params)).toBe('{"__proto__":"x"}')
  })
})

describe('the realm', () => {
  test.each(rowsOf('realm-policy.json'))('%s', (_, row) => {
    expect(explainRealm(row as unknown as RealmQuestion)).toEqual({ allowed: row.allowed })
  })
})
