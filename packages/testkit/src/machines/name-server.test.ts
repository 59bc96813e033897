import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { noSuchName, questionOf, withAddresses } from './name-server.ts'

const query = Buffer.from('abcd01200001000000000001076578616d706c65047465737400000100010000291000000000000000', 'hex')

test('the answer repeats the number and the question, and says that there is no such name', () => {
  const answer = noSuchName(query)
  expect(answer?.toString('hex')).toBe('abcd85830001000000000000076578616d706c6504746573740000010001')
})

test('an answer is not answered', () => {
  const answer = Buffer.from(query)
  answer[2] = 0x81
  expect(noSuchName(answer)).toBeNull()
})

test('a name with addresses is answered with them, with a zero lifetime', () => {
  expect(questionOf(query)).toEqual({ name: 'example.test', isForIpv4: true })
  const head = 'abcd85800001000100000000076578616d706c6504746573740000010001'
  expect(withAddresses(query, ['10.1.2.3'])?.toString('hex')).toBe(`${head}c00c000100010000000000040a010203`)
  expect(withAddresses(query, [])?.readUInt16BE(6)).toBe(0)
})

test('no bytes make it throw, and no answer is longer than its query', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const answer = noSuchName(Buffer.from(bytes))
      expect(answer === null || answer.length <= bytes.length).toBe(true)
      expect(questionOf(Buffer.from(bytes)) === null).toBe(answer === null)
    }),
  )
})
