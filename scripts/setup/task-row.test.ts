import { expect, test } from 'vitest'
import { rowText, TaskRow } from './task-row.mjs'

test('fills a bar in proportion to its fraction, and never beyond its space', () => {
  const row = new TaskRow('Ray image')
  const lengths = [-1, 0, 0.5, 1, 7].map((fraction) => {
    row.reach(fraction)
    const bar = rowText(row).match(/[█░]+/)?.[0] ?? ''
    expect(bar).toHaveLength(28)
    return bar.split('█').length - 1
  })
  expect(lengths).toEqual([0, 0, 14, 28, 28])
})

test('prints only the quarters without a terminal, each once', () => {
  const row = new TaskRow('Ray image')
  expect([0.1, 0.26, 0.3, 0.8, 0.9, 1].map((fraction) => row.reach(fraction))).toEqual([
    undefined,
    1,
    undefined,
    3,
    undefined,
    undefined,
  ])
})

test('says for a finished row how it ended and after how long, without a bar', () => {
  const row = new TaskRow('moto')
  row.reach(0.4)
  row.end('failed')
  expect(rowText(row)).toMatch(/^ {2}moto +failed \(0\.0 s\)$/)
})
