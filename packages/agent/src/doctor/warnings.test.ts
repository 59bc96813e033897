import { describe, expect, test } from 'vitest'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { judgeRoom } from '@fairlead/credential-path/pull/disk-room'
import { clockWarning, dockerLoginWarning, policyWarnings, rayTokenWarning } from './warnings.ts'

const pair = { reference: 'login', registries: ['registry.example.com'] }
const codes = (policy: object, provider: 'aws' | 'local') =>
  policyWarnings(NodePolicy.parse(policy), provider, false).map(({ code }) => code)

describe('S7: one sentence for each way in which a compromised control plane could get a password', () => {
  test('none if the file names pairs, on a machine without a metadata service', () => {
    expect(codes({ allowed_secrets: [pair] }, 'local')).toEqual([])
  })

  test('for no list, or an entry for any registry', () => {
    expect(codes({}, 'local')).toEqual(['ALLOWED_SECRETS_ABSENT'])
    expect(codes({ allowed_secrets: [pair, { reference: 'other' }] }, 'local')).toEqual([
      'ALLOWED_SECRETS_WITHOUT_REGISTRY',
    ])
  })

  test('S14: for the metadata service in a cloud, if the file lets containers through or the rule was not in force', () => {
    const sentences = (['allow', 'deny'] as const).map(
      (workload_metadata) =>
        policyWarnings(NodePolicy.parse({ allowed_secrets: [pair], workload_metadata }), 'aws', false)[0]?.what,
    )
    expect(sentences).toEqual([
      expect.stringMatching(/^the node's file lets/),
      expect.stringMatching(/^the rule that blocks .* is not in effect/),
    ])
    expect(policyWarnings(NodePolicy.parse({ allowed_secrets: [pair] }), 'aws', true)).toEqual([])
  })

  test('is one sentence without a full stop, and has a fix with one', () => {
    for (const { what, fix } of policyWarnings(NodePolicy.parse({}), 'aws', false)) {
      expect(what).not.toMatch(/[.!]$|[.!] /)
      expect(fix).toMatch(/\.$/)
    }
  })
})

test('names a container in which Ray asks for no token, with its ports', () => {
  expect(rayTokenWarning([])).toBeNull()
  expect(rayTokenWarning(['fairlead-ses_1-1-head'])).toMatchObject({
    code: 'RAY_WITHOUT_TOKEN',
    what: expect.stringMatching(/^in fairlead-ses_1-1-head, .*6379 and 10001/),
  })
})

test('escapes a host in Docker’s file', () => {
  expect(dockerLoginWarning('/root/.docker/config.json', ['a\u001B[2J'])?.fix).toBe(
    'Remove it: docker logout a\\u001b[2J',
  )
})

test.each([
  [30, null],
  [31, /31 seconds ahead of/],
  [-300, /300 seconds behind/],
])('a clock that is off by %i seconds', (offset, expected) => {
  const warning = clockWarning(offset)
  expect(warning === null ? null : expected?.test(warning.what)).toBe(expected === null ? null : true)
})

test.each([
  [1000, 5000, 1000, 'fits'],
  [1000, 3500, 1000, 'tight'],
  [1000, 1999, 1000, 'full'],
  [0, 1000, 1000, 'fits'],
  [0, 999, 1000, 'full'],
])('an image of %i bytes, %i free, %i in reserve: %s', (imageBytes, freeBytes, reserveBytes, expected) => {
  expect(judgeRoom({ imageBytes, freeBytes, reserveBytes })).toBe(expected)
})
