/** A request from anybody who may run the provider: an image, or one problem that repeats nothing. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiVersion, parseProviderRequest } from './provider-request.ts'

const canary = 'canary-41b7'

/** What is said of a text: nothing if it is a request. */
function saidOf(text: string): string {
  try {
    parseProviderRequest(text)
    return ''
  } catch (error) {
    if (!isProblem(error)) throw error
    return JSON.stringify(error.toDocument())
  }
}

test('S9: any text is a request or a problem, which repeats none of it', () => {
  const value = fc.oneof(fc.constant(canary), fc.jsonValue())
  const fields = fc.record({
    apiVersion: fc.oneof(fc.constant(apiVersion), value),
    kind: fc.oneof(fc.constant('CredentialProviderRequest'), value),
    image: fc.oneof(fc.constant('registry.example.com/team/app:1'), fc.constant(`Not ${canary}`), value),
    serviceAccountToken: fc.oneof(fc.constant(''), fc.constant(`a.${canary}.b`), value),
    serviceAccountAnnotations: value,
  })
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fields.map((found) => JSON.stringify(found)),
  )
  fc.assert(
    fc.property(text, (found) => !saidOf(found).includes(canary)),
    { numRuns: 500 },
  )
})

test('takes fields of later versions, and no key but its own', () => {
  const request = { apiVersion, kind: 'CredentialProviderRequest', image: 'registry.example.com/team/app:1' }
  const { image, account } = parseProviderRequest(JSON.stringify({ ...request, later: { than: 'this' } }))
  expect([image.domain, image.path, account]).toEqual(['registry.example.com', 'team/app', null])
  expect(saidOf(`{"__proto__":${JSON.stringify(request)}}`)).toContain('KUBELET_REQUEST_INVALID')
})
