import { describe, expect, test } from 'vitest'
import { wireFactNames } from './fact.ts'
import { areaOf, problems, type ProblemRow } from './problem-table.ts'

/** The names of LocalFacts, which exist only as types; a placeholder whose name is missing here can never be filled. */
const localFacts = ['path', 'name', 'nearest', 'sequence', 'line', 'column', 'host', 'time', 'reason', 'method']
const known = new Set([...wireFactNames, ...localFacts])

const rows: [string, ProblemRow][] = Object.entries(problems)

describe.each(rows)('%s', (code, { title, what, fix, status, exit, retry }) => {
  test('names known facts only', () => {
    const placeholders = Array.from(`${what} ${fix}`.matchAll(/\{(\w+)\}/g), (match) => match[1])
    expect(placeholders.filter((name) => !known.has(name ?? ''))).toEqual([])
  })

  test('has a title in lower case without a full stop', () => {
    expect(title).toMatch(/^(?:[a-z]|Ray |Docker )/)
    expect(title).not.toMatch(/[.!?]$/)
    expect(title.length).toBeLessThanOrEqual(60)
  })

  test('says what happened in one clause, and what to do in whole sentences', () => {
    expect(what).toMatch(/^(?:[a-z{]|Ray )/)
    expect(what).not.toMatch(/[.!?]$/)
    expect(what).not.toBe(title)
    expect(fix).toMatch(/^[A-Z]/)
    expect(fix).toMatch(/[.?]$/)
    expect(fix.length).toBeLessThanOrEqual(240)
  })

  test('uses no meaningless word', () => {
    expect(`${title} ${what} ${fix}`).not.toMatch(/\b(?:unexpected|failed to|oops|please|simply|just|invalid)\b/i)
  })

  test('has a code, a status and an exit code that agree', () => {
    expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(exit === 6 || status !== 401).toBe(true)
    expect(exit === 5 || status !== 404).toBe(true)
    expect(!retry || [1, 6, 7].includes(exit)).toBe(true)
  })
})

test('no two problems share a title or a description', () => {
  const titles = rows.map(([, { title }]) => title)
  const whats = rows.map(([, { what }]) => what).filter((what) => !what.endsWith('{reason}'))
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  expect(whats.filter((what, index) => whats.indexOf(what) !== index)).toEqual([])
})

test('each problem belongs to one area', () => {
  expect(areaOf('PULL_STALLED')).toBe('registry')
  expect(areaOf('NODE_DISK_FULL')).toBe('node')
  expect(areaOf('SECRET_ACCESS_DENIED')).toBe('secretManager')
  expect(areaOf('INTERRUPTED')).toBe('system')
})
