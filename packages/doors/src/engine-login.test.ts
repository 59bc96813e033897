/** A door beside a pull, with the cache of secrets that an agent shares between them. */
import { Redacted } from '@fairlead/credential-path/match/redacted'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { findLogin } from '@fairlead/credential-path/secret/find-login'
import { singleFlight } from '@fairlead/credential-path/secret/single-flight'
import { parseImageReference } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { loginForEngine } from './engine-login.ts'

test('a door that is asked after the owner corrected `server` returns the login at once, as a pull does', async () => {
  const image = parseImageReference('registry.example.com/team/app:1')
  const signal = new AbortController().signal
  const stored = { server: 'other.example.com', version: 'v1', reads: 0 }
  const secrets = singleFlight({
    read: async () => {
      stored.reads += 1
      const [username, password] = [new Redacted('robot'), new Redacted('p')]
      return { login: { username, password, server: new Redacted(stored.server) }, version: stored.version }
    },
  })
  const source = { policy: NodePolicy.parse({}), secretsOf: () => Promise.resolve({ context: {}, secrets }) }
  const registries = { check: async () => ({ kind: 'login', inPlain: false }) as const }
  const question = { image, provider: 'local', secret: 'registry-login' } as const
  const entry = { ...question, name: image.domain, registryKey: image.domain, path: [] }
  const atDoor = () => loginForEngine(image, entry, { ...source, registries }, signal)
  await expect(atDoor()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
  Object.assign(stored, { server: 'registry.example.com', version: 'v2' })
  expect((await atDoor())?.version).toBe('v2')
  expect(await findLogin(question, source, signal)).toMatchObject({ fit: 'fits', version: 'v2' })
  expect(stored.reads).toBe(2)
})
