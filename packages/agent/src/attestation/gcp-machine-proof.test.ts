import { type Problem } from '@fairlead/contract/problems'
import { joinAudience } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MetadataServer } from '@fairlead/credential-path/secret/google/metadata'
import { gcpMachineProof } from './gcp-machine-proof.ts'

const { signal } = new AbortController()
const binding = 'J'.repeat(43)

/** A metadata server that gives this answer to a request for a machine proof. */
const answering = (answer: (audience: string) => Promise<string>): MetadataServer => ({
  identity: () => Promise.reject(new Error('not asked for')),
  token: () => Promise.reject(new Error('not asked for')),
  machineToken: answer,
})

describe('S18: the token that the metadata server signs', () => {
  test('is requested with J in its audience, and passed on unchanged', async () => {
    const audiences: string[] = []
    const server = answering((audience) => {
      audiences.push(audience)
      return Promise.resolve('aGVhZA.Ym9keQ.c2ln')
    })
    expect(await gcpMachineProof(binding, signal, server)).toEqual({
      provider: 'gcp',
      proof: { identity_token: 'aGVhZA.Ym9keQ.c2ln' },
    })
    expect(audiences).toEqual([joinAudience(binding)])
  })

  test('S9: any answer is either three parts of base64url or no proof, and no error repeats it', async () => {
    const part = fc.string({ unit: fc.constantFrom('A', 'z', '0', '_', '-'), maxLength: 4 })
    const parts = fc.array(part, { minLength: 2, maxLength: 4 }).map((all) => all.join('.'))
    const bytes = fc.uint8Array({ maxLength: 64 }).map((all) => Buffer.from(all).toString('utf8'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(parts, bytes), async (given) => {
        const server = answering(() => Promise.resolve(given))
        const told = await gcpMachineProof(binding, signal, server).then(
          ({ proof }) => JSON.stringify(proof),
          (error: unknown) => `refused ${(error as Problem).code} ${JSON.stringify((error as Problem).facts)}`,
        )
        const isToken = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(given)
        const refused = 'refused NODE_IDENTITY_MISSING {"provider":"gcp"}'
        expect(told).toBe(isToken ? JSON.stringify({ identity_token: given }) : refused)
      }),
    )
  })
})
