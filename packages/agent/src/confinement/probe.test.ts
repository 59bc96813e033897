import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeProbe } from './probe.ts'

const addresses = ['169.254.169.254', 'fd00:ec2::254']

test.each([
  ['ECONNREFUSED ENETUNREACH', null],
  ['ECONNREFUSED ECONNREFUSED', null],
  ['through ECONNREFUSED', '169.254.169.254'],
  ['ECONNREFUSED through', 'fd00:ec2::254'],
  ['ECONNREFUSED ETIMEDOUT', 'fd00:ec2::254'],
  ['ECONNREFUSED', 'fd00:ec2::254'],
  ['', '169.254.169.254'],
])('S14: a probe that reports "%s" reached %s', (said, reached) => {
  expect(judgeProbe(addresses, said)).toBe(reached)
})

test('S14: a probe proves nothing unless it reports every address as refused', () => {
  fc.assert(
    fc.property(fc.string(), (said) => {
      const isProof = /^E[A-Z]+ E[A-Z]+( |$)/.test(said)
      expect(isProof || judgeProbe(addresses, said) !== null).toBe(true)
    }),
  )
})
