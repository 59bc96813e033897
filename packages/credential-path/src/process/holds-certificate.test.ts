import { createCa, type TestCa } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { holdsCertificate } from './holds-certificate.ts'

let ca: TestCa
beforeAll(async () => {
  ca = await createCa()
})

const lines = fc.array(fc.string({ unit: 'grapheme-ascii' }).filter((line) => !line.includes('-----')))

test('S9: no text without a certificate holds one, and none throws', () => {
  const label = fc.constantFrom('CERTIFICATE', 'PRIVATE KEY', 'X509 CRL', 'TRUSTED CERTIFICATE', 'certificate')
  const block = fc
    .tuple(label, fc.base64String(), label)
    .map(([begin, body, end]) => `-----BEGIN ${begin}-----\n${body}\n-----END ${end}-----\n`)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        block,
        fc.array(block).map((all) => all.join('')),
      ),
      (text) => {
        expect(holdsCertificate(text)).toBe(false)
      },
    ),
  )
})

test('a certificate is found below any notes, as bundles have them, and with any ends of lines', () => {
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n'), (notes, end) => {
      expect(holdsCertificate([...notes, ca.caPem].join('\n').replaceAll('\n', end))).toBe(true)
    }),
  )
})

test('S9: a certificate that was cut off at any place is none', () => {
  const body = ca.caPem.trimEnd()
  fc.assert(
    fc.property(fc.nat({ max: body.length - 1 }), (length) => {
      expect(holdsCertificate(body.slice(0, length))).toBe(false)
    }),
  )
})
