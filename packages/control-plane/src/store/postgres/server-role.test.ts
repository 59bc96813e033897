import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRole, standingOf, type ServerRole } from './server-role.ts'

const on = (timeline: number, system = '7') => ({ takesWrites: true, history: { system, timeline } })
const newest = { system: '7', timeline: 2 }

test.each<[string, ServerRole, string]>([
  ['on the newest timeline is the primary', on(2), 'primary'],
  ['that was promoted since is the primary from now on', on(3), 'newer'],
  ['that was replaced is none, although it takes writes', on(1), 'none'],
  ['of another database is none', on(9, '8'), 'none'],
  ['that takes no writes is none', { ...on(3), takesWrites: false }, 'none'],
  ['that tells no history is believed', { takesWrites: true, history: null }, 'primary'],
])('a server %s', (_, role, standing) => {
  expect(standingOf(role, newest)).toBe(standing)
})

test('before any is known, the first that accepts writes is the primary', () => {
  expect(standingOf(on(1), null)).toBe('newer')
  expect(standingOf({ ...on(1), takesWrites: false }, null)).toBe('none')
})

test('in any order of servers asked, the primary never goes back to an older timeline', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (timelines) => {
      let known = null
      for (const timeline of timelines) {
        const role = on(timeline)
        if (standingOf(role, known) === 'newer') known = role.history
      }
      expect(known?.timeline).toBe(Math.max(...timelines))
    }),
  )
})

test('reads a row as sent; values that a server omits are unknown', () => {
  const row = { read_only: false, system: '7564', timeline: '0000000A' }
  expect(readRole(row)).toEqual({ takesWrites: true, history: { system: '7564', timeline: 10 } })
  expect(readRole({ ...row, read_only: true, timeline: null })).toEqual({ takesWrites: false, history: null })
  expect(readRole({ read_only: false })).toEqual({ takesWrites: true, history: null })
  expect(readRole({})).toEqual({ takesWrites: false, history: null })
})
