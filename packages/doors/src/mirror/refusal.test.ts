/** A refusal as engines show it. */
import { Problem, problem, ProblemCode } from '@fairlead/contract/problems'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { refusalOf } from './refusal.ts'

test('is a 403 with the sentence, the code and the fix, in the body and in the reason phrase', () => {
  const { status, reason, body } = refusalOf(problem('CREDENTIAL_SERVER_MISMATCH', { registry: 'r.example.com' }))
  expect(status).toBe(403)
  expect(reason).toMatch(/^Forbidden: the secret's server is not .* \(CREDENTIAL_SERVER_MISMATCH\)\. fix: Set `server`/)
  expect(JSON.parse(body)).toEqual({ errors: [{ code: 'DENIED', message: reason.slice('Forbidden: '.length) }] })
})

test('does not speak of docker_image, which whoever types `docker pull` does not have', () => {
  const { reason } = refusalOf(problem('IMAGE_NOT_FOUND', { registry: 'r.example.com', repository: 'team/app' }))
  expect(reason).toContain("fix: Correct the tag in the image's name")
})

test.each([
  ['IMAGE_NOT_FOUND', 403, 'DENIED'],
  ['DOOR_REQUEST_INVALID', 403, 'DENIED'],
  ['REGISTRY_RATE_LIMITED', 429, 'TOOMANYREQUESTS'],
  ['REGISTRY_UNREACHABLE', 403, 'DENIED'],
] as const)('%s is a %d', (code, status, specified) => {
  const refusal = refusalOf(new Problem(code, { registry: 'r.example.com', repository: 'team/app' }, []))
  expect(refusal.status).toBe(status)
  expect(refusal.body).toContain(`"code":"${specified}"`)
})

test('S25: fits into a header, whatever its facts are', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ProblemCode.options), fc.string({ unit: anyCharacter }), (code, text) => {
      const { reason } = refusalOf(new Problem(code, { registry: text, reason: text, name: text }, []), text)
      expect(reason).toMatch(/^[ -~]{1,500}$/)
    }),
  )
})
