import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { isProblem } from '@fairlead/contract/problems'
import { createCa, type TestCa } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { thrown } from '../testing/thrown.ts'
import { chainOf, readCertificate } from './certificate.ts'
import { judgeCertificate } from './judge-certificate.ts'

const dir = tempDir()
let ca: TestCa
let own: Awaited<ReturnType<TestCa['issue']>>
const now = Date.now()
const dayMs = 86_400_000

beforeAll(async () => {
  ca = await createCa(join(dir.path, 'ca'))
  own = await ca.issue(['control.example.com', '10.0.0.7', '::1'])
})
afterAll(() => dir[Symbol.dispose]())

const file = (name: string, text: string | Uint8Array): string => {
  const path = join(dir.path, name)
  writeFileSync(path, text)
  return path
}
const problemOf = (files: { certFile?: string; keyFile?: string }) =>
  thrown(() => readCertificate({ certFile: own.certFile, keyFile: own.keyFile, ...files }))

describe('certificate files', () => {
  test('are read if they belong together', () => {
    expect(readCertificate(own)).toEqual({ cert: own.certPem, key: own.keyPem })
  })

  test('with the key of a different certificate are rejected as such', async () => {
    const other = await ca.issue(['other.example.com'])
    expect(problemOf({ keyFile: other.keyFile })).toSatisfy((error) => isProblem(error, 'TLS_KEY_MISMATCH'))
    const chainFirst = file('chain-first.pem', ca.caPem + own.certPem)
    expect(problemOf({ certFile: chainFirst })).toSatisfy((error) => isProblem(error, 'TLS_KEY_MISMATCH'))
  })

  test('that are invalid are named, with what they lack', () => {
    const locked = createPrivateKey(own.keyPem).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'canary',
    })
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    })
    const told = [
      problemOf({ certFile: own.keyFile }),
      problemOf({ keyFile: own.certFile }),
      problemOf({ keyFile: file('locked.pem', locked) }),
      problemOf({ certFile: file('cut.pem', own.certPem.slice(0, 200)) }),
      problemOf({ keyFile: file('small.pem', small) }),
    ].map((error) => (isProblem(error) ? [error.code, error.facts.reason] : error))
    expect(told).toEqual([
      ['TLS_FILE_INVALID', 'it holds no certificate in PEM'],
      ['TLS_FILE_INVALID', 'it holds no private key in PEM'],
      ['TLS_FILE_INVALID', 'its key has a passphrase'],
      ['TLS_FILE_INVALID', 'it holds no certificate in PEM'],
      ['TLS_KEY_MISMATCH', undefined],
    ])
  })

  test('with any other content are a problem that quotes none of it', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.string({ maxLength: 90 }).map((inside) => `-----BEGIN CERTIFICATE-----\n${inside}\n-----END CERTIFICATE-----`),
      fc.nat(own.certPem.length).map((at) => `${own.certPem.slice(0, at)}canary${own.certPem.slice(at)}`),
    )
    fc.assert(
      fc.property(text, (pem) => {
        const error = thrown(() => readCertificate({ ...own, certFile: file('any.pem', pem) }))
        expect(error === null || isProblem(error)).toBe(true)
        expect(error instanceof Error ? error.message : '').not.toContain('canary')
        expect(chainOf(pem) === null || Array.isArray(chainOf(pem))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the certificates in a file', () => {
  const serials = (pem: string) => chainOf(pem)?.map(({ serialNumber }) => serialNumber)
  const note = fc.stringMatching(/^(?:[ -,.-~]{0,40}\n){0,3}$/)

  test('are found in their order among notes and other blocks, with any ends of lines', () => {
    const pems = [own.certPem, ca.caPem].map((pem) => new X509Certificate(pem).toString())
    const known = pems.map((pem) => new X509Certificate(pem).serialNumber)
    const label = fc.constantFrom('PRIVATE KEY', 'CERTIFICATE REQUEST', 'X509 CRL')
    const other = fc
      .tuple(label, fc.base64String())
      .map(([name, body]) => `-----BEGIN ${name}-----\n${body}\n-----END ${name}-----\n`)
    const block = fc.oneof(fc.nat({ max: pems.length - 1 }), note, other)
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), (blocks, end) => {
        const text = blocks.map((one) => (typeof one === 'number' ? (pems[one] ?? '') : one)).join('')
        const expected = blocks.flatMap((one) => (typeof one === 'number' ? [known[one]] : []))
        expect(serials(text.replaceAll('\n', end))).toEqual(expected)
      }),
    )
  })

  test('are null if one of them was cut off at any place', () => {
    const lines = ca.caPem.trim().split('\n')
    const body = lines.slice(1, -1).join('')
    fc.assert(
      fc.property(note, fc.nat({ max: body.length - 1 }), (text, at) => {
        const cut = `-----BEGIN CERTIFICATE-----\n${body.slice(0, at)}\n-----END CERTIFICATE-----\n`
        expect(chainOf(own.certPem + text + cut)).toBeNull()
      }),
    )
  })

  test.each(['-', '-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\n', ' ', 'A'])(
    'are none in a mebibyte of %j, which is read in linear time',
    (unit) => {
      const long = unit.repeat(2 ** 20 / unit.length)
      expect(chainOf(`-----BEGIN CERTIFICATE-----${long}`) ?? []).toEqual([])
      expect(chainOf(`${long}-----END CERTIFICATE----`)).toEqual([])
      const error = thrown(() => readCertificate({ ...own, keyFile: file('long.pem', long) }))
      expect(error).toSatisfy((one) => isProblem(one, 'TLS_FILE_INVALID'))
    },
  )
})

describe('a certificate', () => {
  const faultsOf = (pem: string, host: string, at = now) =>
    judgeCertificate(pem, { path: 'cert.pem', host }, at).faults.map(({ code }) => code)

  test.each(['control.example.com', 'control.example.com:8470', '10.0.0.7:8470', '[::1]:8470'])(
    'is valid for %s',
    (host) => {
      expect(faultsOf(own.certPem, host)).toEqual([])
    },
  )

  test.each(['example.com', 'www.control.example.com', '10.0.0.8', '[::2]:1'])('is not valid for %s', (host) => {
    expect(faultsOf(own.certPem, host)).toEqual(['TLS_CERTIFICATE_OTHER_NAME'])
  })

  test('is valid from start to end, and no longer than its authority’s', async () => {
    expect(faultsOf(own.certPem, '10.0.0.7', now - 2 * dayMs)).toEqual(['TLS_CERTIFICATE_NOT_YET_VALID'])
    expect(faultsOf(own.certPem, '10.0.0.7', now + 8 * dayMs)).toEqual(['TLS_CERTIFICATE_EXPIRED'])
    const long = await ca.issue(['10.0.0.7'], { validTo: new Date(now + 300 * dayMs) })
    const { expiresAt } = judgeCertificate(long.certPem, { path: 'cert.pem', host: '10.0.0.7' }, now)
    expect(Math.round((expiresAt - now) / dayMs)).toBe(30)
  })
})
