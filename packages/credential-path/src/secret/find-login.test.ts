/** The one function that finds a login: what it asks, in which order, and how it handles a secret corrected in the meantime. */
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { sharedCache } from '../testing/shared-cache.ts'
import { findLogin, type LoginSource } from './find-login.ts'

const image = parseImageReference('registry.example.com/team/app:1')
const question = { image, provider: 'local', secret: 'registry-login' } as const
const signal = new AbortController().signal

test('reads a secret for https again if the registry uses http, and matches once it was corrected', async () => {
  const host = '127.0.0.1:5000'
  const { stored, source, correct } = sharedCache({
    policy: { loopback_registries: [`http://${host}`] },
    registry: host,
  })
  stored.server = `https://${host}`
  const asked = { ...question, image: parseImageReference(`${host}/app:1`) }
  await findLogin(asked, source, signal)
  correct()
  expect(await findLogin(asked, source, signal)).toMatchObject({ version: 'v2' })
})

test('does not read a secret a second time if it does not match and was just read', async () => {
  const { stored, source } = sharedCache()
  expect(await findLogin(question, source, signal)).toMatchObject({
    fit: 'other-registry',
    mismatch: { code: 'CREDENTIAL_SERVER_MISMATCH', facts: { provider: 'local', reference: 'registry-login' } },
  })
  expect(stored.reads).toBe(1)
})

test('renews a rejected login only with another version, and only for the same registry (S4)', async () => {
  const { stored, source, correct } = sharedCache()
  correct()
  const found = await findLogin(question, source, signal)
  if (found.fit !== 'fits') throw found.mismatch
  expect(await found.renew(signal)).toBeNull()
  stored.version = 'v3'
  expect(await found.renew(signal)).toBe(found.bound)
  expect(found.version).toBe('v3')
  Object.assign(stored, { version: 'v4', server: 'other.example.com' })
  await expect(found.renew(signal)).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
})

test.each([
  [{ allowed_registries: ['other.example.com'] }, 'REGISTRY_NOT_ALLOWED'],
  [{ allowed_secrets: [{ reference: 'another' }] }, 'SECRET_NOT_ALLOWED_HERE'],
])('S13: does not read what the owner does not allow: %j', async (policy, code) => {
  const { stored, source } = sharedCache({ policy })
  await expect(findLogin(question, source, signal)).rejects.toMatchObject({ code })
  expect(stored.reads).toBe(0)
})

test('rejects an invalid reference before asking the secret manager (S22)', async () => {
  const { stored, source } = sharedCache()
  const asked = { ...question, secret: 'dckr_pat_abcdefghijklmnopqrstuvwxyz01' }
  await expect(findLogin(asked, source, signal)).rejects.toMatchObject({ code: 'REFERENCE_LOOKS_LIKE_A_SECRET' })
  expect(stored.reads).toBe(0)
})

test('returns a refusal by the secret manager as the answer', async () => {
  const { source } = sharedCache()
  const refusing: LoginSource = {
    ...source,
    secretsOf: async () => ({
      context: {},
      secrets: { read: () => Promise.reject(problem('SECRET_NOT_FOUND', { reference: 'registry-login' })) },
    }),
  }
  await expect(findLogin(question, refusing, signal)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' })
})
