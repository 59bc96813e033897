import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { podProver } from './pod-machine-proof.ts'

const { signal } = new AbortController()
const audience = 'https://fairlead.example.com:8470/clouds/prod'
let folder: string
let tokenFile: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-pod-'))
  tokenFile = join(folder, 'token')
})
afterAll(() => rm(folder, { recursive: true }))

const host = 'https://fairlead.example.com:8470/'
const prove = () => podProver({ tokenFile, host, cloud: 'prod', provider: 'aws' })('J', signal)

const tokenWith = (claims: unknown): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'sig'].map((part) => Buffer.from(part).toString('base64url')).join('.')

/** What is sent, or why nothing is. */
async function sent(content: string): Promise<string> {
  await writeFile(tokenFile, content)
  try {
    return JSON.stringify(await prove())
  } catch (error) {
    if (isProblem(error, 'POD_TOKEN_UNUSABLE')) return `${error.what}; ${error.fix}`
    throw error
  }
}

describe('S31: the token of this pod', () => {
  test('is sent unchanged if it is for this control plane and cloud, and is read again each time', async () => {
    for (const aud of [audience, [audience]]) {
      const token = tokenWith({ aud, exp: 1 })
      const proof = { service_account_token: token, cloud_provider: 'aws' }
      expect(await sent(`${token}\n`)).toBe(JSON.stringify({ provider: 'kubernetes', proof }))
    }
  })

  test.each(['/dev/zero', '/proc'])('is not read from %s, which is no file', async (path) => {
    const proof = podProver({ tokenFile: path, host, cloud: 'prod', provider: 'aws' })('J', signal)
    await expect(proof).rejects.toThrow(/it is (?:not a regular file|a folder)/)
  })

  test.each([
    ['the API server', ['https://kubernetes.default.svc']],
    ['another control plane', ['https://fairlead.example.org:8470/clouds/prod']],
    ['another cloud', [`${audience}-2`]],
    ['another control plane as well', [audience, 'https://kubernetes.default.svc']],
    ['nobody', []],
  ])('is not sent if it is for %s', async (_, aud) => {
    const told = await sent(tokenWith({ aud }))
    expect(told).toContain('it is for another audience')
    expect(told).toContain(`with the audience ${audience} and expirationSeconds: 600`)
  })

  test('S9: any other text is not sent, and no error repeats it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ minLength: 12 }), fc.jsonValue().map(tokenWith)), async (text) => {
        const told = await sent(text)
        expect(told).toMatch(/was not sent: it is (?:no service account token|for another audience); /)
        expect(told).not.toContain(text)
      }),
      { numRuns: 60 },
    )
  })

  test('that is not there: says so', async () => {
    await rm(tokenFile)
    await expect(prove()).rejects.toMatchObject({
      code: 'POD_TOKEN_UNUSABLE',
      what: expect.stringContaining('no such') as string,
    })
  })
})
