import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { directConnection } from '../secret-manager-connection.ts'
import { readCredentialsFile } from './credentials-file.ts'

const canary = 'canary-7d:0c2b'
const path = join(newFolder('google'), 'credentials.json')

/** The project of what was read; or what is said of a file that holds no identity of a machine. */
async function outcomeOf(content: Uint8Array | string): Promise<{ project: string | null } | { said: string }> {
  await writeFile(path, content)
  try {
    const { project } = await readCredentialsFile(path, directConnection)
    return { project }
  } catch (error) {
    if (!isProblem(error, 'NODE_IDENTITY_MISSING')) throw error
    return { said: JSON.stringify(error.toDocument()) }
  }
}

test('S9: any file holds the identity of a machine, or is a problem that quotes none of it', async () => {
  const field = fc.oneof(fc.constant(canary), fc.jsonValue())
  const document = fc.record(
    {
      type: fc.constantFrom('service_account', 'external_account', 'authorized_user', canary),
      project_id: field,
      client_email: field,
      private_key: field,
      audience: field,
      subject_token_type: field,
      token_url: fc.constantFrom('https://sts.googleapis.com', 'http://sts.googleapis.com', canary),
      credential_source: fc.oneof(
        field,
        fc.record({ file: field }),
        fc.record({ executable: fc.record({ command: fc.constant('id') }) }),
        fc.record({ url: fc.constantFrom('https://example.com/', 'http://example.com/', 'http://169.254.169.254/') }),
      ),
    },
    { requiredKeys: ['type'] },
  )
  const content = fc.oneof(
    fc.uint8Array(),
    fc.string(),
    fc.json(),
    document.map((value) => JSON.stringify(value)),
  )
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      const isOfMachine = /"(?:service|external)_account"/.test(Buffer.from(bytes).toString())
      const outcome = await outcomeOf(bytes)
      expect('said' in outcome || isOfMachine).toBe(true)
      expect('said' in outcome ? outcome.said : '').not.toContain(canary)
    }),
    { numRuns: 200 },
  )
})

const nothing = { said: expect.stringContaining('NODE_IDENTITY_MISSING') as string }
const federation = {
  type: 'external_account',
  audience: 'a',
  subject_token_type: 't',
  token_url: 'https://sts.googleapis.com/v1/token',
}

test.each([
  ['a key', { type: 'service_account', project_id: 'p', client_email: 'e', private_key: canary }, { project: 'p' }],
  ['a federation', { ...federation, credential_source: { file: '/token' } }, { project: null }],
  ['a person', { type: 'authorized_user', refresh_token: canary }, nothing],
  [
    'a federation that runs a program',
    { ...federation, credential_source: { executable: { command: 'id' } } },
    nothing,
  ],
  ['one with a far source', { ...federation, credential_source: { url: 'http://example.com/t' } }, nothing],
])('S9: %s in a file of 64 KiB is %j, and in a longer one nothing', async (_what, document, expected) => {
  const text = JSON.stringify(document)
  expect(await outcomeOf(text.padEnd(64 * 1024))).toEqual(expected)
  expect(await outcomeOf(text.padEnd(64 * 1024 + 1))).toEqual(nothing)
})
