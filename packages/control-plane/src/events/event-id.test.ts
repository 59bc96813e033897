import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { eventId, readEventId } from './event-id.ts'

test('an id that was sent parses to the same position', () => {
  const time = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(fc.nat(), fc.option(time), (sequence, at) => {
      const mark = { sequence, at: at === null ? null : at.toISOString() }
      expect(readEventId(eventId(mark))).toEqual(mark)
    }),
  )
})

test('any text is a position or a problem', () => {
  const digits = fc.stringMatching(/^\d{0,17}$/)
  const nearly = fc.tuple(digits, digits).map((parts) => parts.join('-'))
  fc.assert(
    fc.property(fc.oneof(fc.string(), digits, nearly), (text) => {
      const error = thrown(() => readEventId(text))
      expect(error === null || isProblem(error, 'REQUEST_INVALID')).toBe(true)
    }),
  )
})
