/** What each error of a provider means here, and that its own words go no further. */
import { Problem, problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi'
import { expect, test } from 'vitest'
import { providerProblem } from './provider-problem.ts'

const host = 'login.example.com'
const canary = 'canary\u001b[31m'

const inBody = (error: string): ResponseBodyError =>
  new ResponseBodyError('x', {
    cause: { error, error_description: canary, error_uri: canary },
    response: new Response(null, { status: 400 }),
  })
const inCallback = (error: string): AuthorizationResponseError =>
  new AuthorizationResponseError('x', { cause: new URLSearchParams({ error, error_description: canary }) })

test.each([
  ['access_denied', 'SIGN_IN_DENIED'],
  ['invalid_grant', 'SIGN_IN_EXPIRED'],
  ['expired_token', 'SIGN_IN_EXPIRED'],
  ['invalid_client', 'IDENTITY_PROVIDER_REFUSED'],
  ['unauthorized_client', 'IDENTITY_PROVIDER_REFUSED'],
  ['invalid_scope', 'IDENTITY_PROVIDER_REFUSED'],
  ['server_error', 'IDENTITY_PROVIDER_UNREACHABLE'],
  ['login_required', 'IDENTITY_PROVIDER_UNREACHABLE'],
  ['constructor', 'IDENTITY_PROVIDER_UNREACHABLE'],
])('%s is %s', (error, code) => {
  for (const made of [inBody(error), inCallback(error)]) expect(providerProblem(made, host)).toMatchObject({ code })
})

test('whatever a provider calls its error, the problem repeats none of it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const found = providerProblem(inBody(`zz${text}`), host)
      expect(found).toBeInstanceOf(Problem)
      const told = JSON.stringify((found as Problem).toDocument())
      expect(told).not.toContain('canary')
      expect(told).not.toContain(JSON.stringify(`zz${text}`).slice(1, -1))
    }),
  )
})

test('what is not an error of the library stays what it is', () => {
  const fault = new TypeError('a bug')
  expect(providerProblem(fault, host)).toBe(fault)
  const known = problem('SIGN_IN_DENIED')
  expect(providerProblem(known, host)).toBe(known)
})
