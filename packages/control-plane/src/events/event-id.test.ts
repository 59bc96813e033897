/** Ids of events: each leads back to its event, and sealed ones say nothing else. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { plainEventIds, sealedEventIds } from './event-id.ts'

const sealed = sealedEventIds(Buffer.from('a secret'))

describe.each([
  ['plain', plainEventIds],
  ['sealed', sealed],
])('%s ids', (_, ids) => {
  test('that were sent parse to the same position', () => {
    const time = fc.date({ min: new Date(1), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(fc.nat(), fc.option(time), (sequence, at) => {
        const mark = { sequence, at: at === null ? null : at.toISOString() }
        expect(ids.read(ids.write(mark))).toEqual(mark)
      }),
    )
  })

  test('are read from any text, which is a position or a problem', () => {
    const digits = fc.stringMatching(/^\d{0,17}$/)
    const nearly = fc.tuple(digits, digits).map((parts) => parts.join('-'))
    const hex = fc.stringMatching(/^[0-9a-f]{30,33}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits, nearly, hex), (text) => {
        const error = thrown(() => ids.read(text))
        expect(error === null || isProblem(error, 'REQUEST_INVALID')).toBe(true)
      }),
    )
  })
})

describe('a sealed id', () => {
  test('has one form, whatever the number, and no other secret opens it', () => {
    const one = sealed.write({ sequence: 1, at: null })
    expect([one, sealed.write({ sequence: 2, at: null })]).toEqual(
      [1, 2].map(() => expect.stringMatching(/^[0-9a-f]{32}$/)),
    )
    expect(sealedEventIds(Buffer.from('another')).read(one)).toBe('lost')
  })

  test.each(['1', '1042-1795730000123', '0-1', 'f'.repeat(32)])('is not %s, which leads nowhere', (text) => {
    const found = sealed.read(text)
    expect(found === 'lost' || found.sequence === 0).toBe(true)
  })

  test('is not needed by who begins with the first event', () => {
    expect(sealed.read('0')).toEqual({ sequence: 0, at: null })
  })
})
