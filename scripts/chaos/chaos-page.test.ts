import { expect, test } from 'vitest'
import { chaosPage, chaosTable } from './chaos-page.ts'

const killed = { fault: 'kill -9', injected: 100, survived: 99, lost: 2, exposed: 1, firstSeed: 7 }
const cut = { fault: 'cut', injected: 20, survived: 20, lost: 0, exposed: null, firstSeed: 7 }

test('the table has a line for each fault, and their sum', () => {
  expect(chaosTable([killed, cut]).split('\n').slice(2)).toEqual([
    '| kill -9 | 100 | 99 | 2 | 1 |',
    '| cut | 20 | 20 | 0 | none in use |',
    '| all | 120 | 119 | 2 | 1 |',
  ])
})

test('the page says where, when and with which seeds', () => {
  const run = { tallies: [killed, cut], date: '2026-11-30', machine: 'two cores', rounds: 100, minutes: 4 }
  const page = chaosPage({ ...run, atOnce: null })
  expect(page).toContain('One run (2026-11-30) on two cores. Of each fault it played 100 rounds')
  expect(page).toContain('`npm run test:chaos -- --rounds 100 --minutes 4 --seed 7 --write`')
  expect(page).toContain('- kill -9: 7 to 106\n- cut: 7 to 26\n')
  expect(chaosPage({ ...run, atOnce: 5 })).toContain('--minutes 4 --at-once 5 --seed 7 --write`')
})
