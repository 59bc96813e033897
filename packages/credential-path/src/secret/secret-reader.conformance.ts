/** What every secret reader must do, whatever its source. */
import { inspect } from 'node:util'
import { type SecretReference } from '@fairlead/contract/names'
import { Problem, problem } from '@fairlead/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SecretReader } from './secret-reader.ts'

/** A place with secrets that the suite can change. */
export interface SecretPlace extends AsyncDisposable {
  readonly reader: SecretReader
  /** Stores or replaces a secret; returns how to request it. */
  put(name: string, content: string | Uint8Array): Promise<SecretReference>
  /** A reference to a secret that does not exist. */
  missing(): SecretReference
}

const canary = 'canary-hunter2-77ab'

function document(password: string): string {
  return JSON.stringify({ username: 'robot', password, server: 'registry.example.com' })
}

export function describeSecretReader(name: string, open: () => Promise<SecretPlace>): void {
  describe(`${name}: conformance of a secret reader`, () => {
    let place: SecretPlace
    const signal = new AbortController().signal

    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place[Symbol.asyncDispose]())

    async function refusal(reference: SecretReference, options = { signal }): Promise<Problem> {
      const error = await place.reader.read(reference, options).catch((error: unknown) => error)
      if (error instanceof Problem) return error
      throw new Error('no problem was thrown')
    }

    test('reads a login, with the same version each time', async () => {
      const reference = await place.put('ml-registry', document('first'))
      const { login, version } = await place.reader.read(reference, { signal })
      expect(login.username.spend((text) => text)).toBe('robot')
      expect(login.password.spend((text) => text)).toBe('first')
      expect(login.server.spend((text) => text)).toBe('registry.example.com')
      expect(version).toMatch(/^[A-Za-z0-9._-]{1,64}$/)
      expect((await place.reader.read(reference, { signal })).version).toBe(version)
    })

    test('R6: reads the new login under another version after a rotation', async () => {
      const reference = await place.put('rotating', document('first'))
      const before = await place.reader.read(reference, { signal })
      await place.put('rotating', document('second'))
      const after = await place.reader.read(reference, { signal, fresh: true })
      expect(after.login.password.spend((text) => text)).toBe('second')
      expect(after.version).not.toBe(before.version)
    })

    test('reads a document in bytes as the same document, including a byte order mark', async () => {
      const reference = await place.put('bytes', Buffer.from(`\ufeff${document('first')}`))
      expect((await place.reader.read(reference, { signal })).login.password.spend((text) => text)).toBe('first')
    })

    test('has a separate code for a missing secret', async () => {
      expect((await refusal(place.missing())).code).toBe('SECRET_NOT_FOUND')
    })

    test('reports that it asks and that the secret arrived, even if the secret is not a login', async () => {
      const reached = async (reference: SecretReference): Promise<readonly string[]> => {
        const all = new Set<string>()
        const read = place.reader.read(reference, { signal, fresh: true, onReach: (reach) => all.add(reach) })
        await read.catch(() => undefined)
        return [...all]
      }
      expect(await reached(await place.put('told', document('first')))).toEqual(['asked', 'read'])
      expect(await reached(await place.put('told-broken', canary))).toEqual(['asked', 'read'])
      expect(await reached(place.missing())).toEqual(['asked'])
      expect(await reached({ provider: 'gcp', secret: 'x' } as SecretReference)).toEqual([])
    })

    test.each([
      ['that is not JSON', canary, 'SECRET_NOT_JSON'],
      ['without a server', JSON.stringify({ username: canary, password: canary }), 'SECRET_FIELD_MISSING'],
      ['with a control character', document(`${canary}\n`), 'SECRET_FIELD_INVALID'],
    ])('S5, S6: gives one code for a document %s and quotes none of its text', async (_, content, code) => {
      const found = await refusal(await place.put('broken', content), { signal })
      expect(found.code).toBe(code)
      expect(inspect(found, { depth: null, showHidden: true })).not.toContain(canary)
    })

    test('S5: returns a secret that prints as redacted', async () => {
      const read = await place.reader.read(await place.put('printed', document(canary)), { signal })
      expect(inspect(read, { depth: null, showHidden: true })).not.toContain(canary)
      expect(JSON.stringify(read)).not.toContain(canary)
    })

    test('gives no secret to a caller that has stopped', async () => {
      const reference = await place.put('stopped', document('first'))
      const stopped = AbortSignal.abort(problem('TIMED_OUT', { seconds: 1 }))
      expect((await refusal(reference, { signal: stopped })).code).toBe('TIMED_OUT')
    })

    test('S21: rejects a reference for another provider', async () => {
      const reference = { provider: 'gcp', secret: 'x' } as SecretReference
      expect((await refusal(reference)).code).toBe('DESIRED_STATE_REFUSED')
    })
  })
}
