/** A server that cannot prove its identity: the code says why, and none of the library's text remains. */
import { anything, assert, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tlsFault, tlsProblem } from './tls-fault.ts'

const withCode = (code: string, more: object = {}) => Object.assign(new Error('canary in the text'), { code, ...more })
const limit = new Date('2026-03-04T05:06:07Z')

describe('tlsFault', () => {
  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
    ['CERT_REVOKED', 'untrusted'],
    ['INVALID_PURPOSE', 'untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'misnamed'],
    ['HOSTNAME_MISMATCH', 'misnamed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'handshake'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'handshake'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'handshake'],
    ['EPROTO', 'handshake'],
  ])('%s is %s', (code, kind) => {
    expect(tlsFault(withCode(code))).toEqual({ kind })
  })

  test.each([
    ['CERT_HAS_EXPIRED', 'expired', 'expired_on'],
    ['CERT_NOT_YET_VALID', 'not-yet-valid', 'valid_from'],
  ])('%s is %s, with the day if it is known', (code, kind, day) => {
    expect(tlsFault(withCode(code, { certificateDay: limit }))).toEqual({ kind, [day]: '2026-03-04' })
    expect(tlsFault(withCode(code))).toEqual({ kind, [day]: 'a day that is not known' })
  })

  test('it is found under causes and among the failures of several addresses', () => {
    expect(tlsFault(new TypeError('fetch failed', { cause: withCode('CERT_REVOKED') }))).toEqual({ kind: 'untrusted' })
    const several = new AggregateError([withCode('ECONNREFUSED'), withCode('HOSTNAME_MISMATCH')])
    expect(tlsFault(several)).toEqual({ kind: 'misnamed' })
  })

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'UND_ERR_CONNECT_TIMEOUT', ''])(
    '%j is not a TLS fault',
    (code) => {
      expect(tlsFault(withCode(code))).toBeNull()
    },
  )

  test('S9: anything thrown is a fault or none', () => {
    assert(
      property(anything(), (thrown) => {
        const fault = tlsFault(thrown)
        expect(
          fault === null || ['untrusted', 'expired', 'not-yet-valid', 'misnamed', 'handshake'].includes(fault.kind),
        ).toBe(true)
      }),
    )
  })

  test('an error that is its own cause does not loop', () => {
    const error = new Error('round')
    error.cause = error
    expect(tlsFault(error)).toBeNull()
  })
})

test.each([
  [{ registry: 'registry.example.com' }, 'REGISTRY_TLS'],
  [{ region: 'eu-central-1' }, 'SECRET_MANAGER_TLS'],
  [{ host: 'control.example.com' }, 'CONTROL_PLANE_TLS'],
] as const)('of %o is %s, with the fault in its code', (place, code) => {
  const of = (fault: Parameters<typeof tlsProblem>[1]) => tlsProblem(place, fault)
  expect(of({ kind: 'untrusted' }).code).toBe(code)
  expect(of({ kind: 'misnamed' }).code).toBe(`${code}_NAME`)
  expect(of({ kind: 'handshake' }).code).toBe(`${code}_HANDSHAKE`)
  expect(of({ kind: 'handshake' }).what).toContain('handshake')
  const late = of({ kind: 'expired', expired_on: '2026-03-04' })
  expect(late.code).toBe(`${code}_EXPIRED`)
  expect(late.what).toContain('expired on 2026-03-04')
  const early = of({ kind: 'not-yet-valid', valid_from: '2026-03-04' })
  expect(early.code).toBe(`${code}_NOT_YET_VALID`)
  expect(early.what).toContain('not valid before 2026-03-04')
})
