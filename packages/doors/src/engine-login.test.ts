/** A door next to a pull, with the secret cache that an agent shares between them. */
import { findLogin } from '@fairlead/credential-path/secret/find-login'
import { sharedCache } from '@fairlead/credential-path/testing/shared-cache'
import { parseImageReference } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { loginForEngine } from './engine-login.ts'

test('a door asked after the owner corrected `server` returns the login at once, as a pull does', async () => {
  const image = parseImageReference('registry.example.com/team/app:1')
  const signal = new AbortController().signal
  const { stored, source, correct } = sharedCache()
  const registries = { check: async () => ({ kind: 'login', inPlain: false }) as const }
  const question = { image, provider: 'local', secret: 'registry-login' } as const
  const entry = { ...question, name: image.domain, registryKey: image.domain, path: [], accounts: null }
  const atDoor = () => loginForEngine(image, entry, { ...source, registries }, signal)
  await expect(atDoor()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
  correct()
  expect((await atDoor())?.version).toBe('v2')
  expect(await findLogin(question, source, signal)).toMatchObject({ fit: 'fits', version: 'v2' })
  expect(stored.reads).toBe(2)
})
