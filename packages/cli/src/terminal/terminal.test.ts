import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Output } from '../context.ts'
import { hasColour, isLive, paintFor } from './paint.ts'
import { formatTable } from './table.ts'
import { formatAge, formatBytes, formatCount, formatDuration, formatMoment } from './units.ts'

const output = (isTTY: boolean, columns = 80): Output => ({
  write: () => {},
  isTTY,
  columns,
  rows: 24,
  getColorDepth: () => 8,
})
const plain = paintFor(output(false), {})

describe('units', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [412_000_000, '412 MB'],
    [1_300_000_000, '1.3 GB'],
  ])('prints %i bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  test.each([
    [0, '0 nodes'],
    [1, '1 node'],
    [2, '2 nodes'],
  ])('prints %i of them as %s', (count, text) => expect(formatCount(count, 'node')).toBe(text))

  test.each([
    [0.4, '0 ms'],
    [99, '99 ms'],
    [1234, '1.2 s'],
    [59_949, '59.9 s'],
    [60_000, '1 min 00 s'],
    [3_725_000, '1 h 02 min'],
  ])('prints %d ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text))

  test('an age is never negative, whatever the clocks say', () => {
    expect(formatAge('2026-11-24T12:00:05Z', Date.parse('2026-11-24T12:00:00Z'))).toBe('0 s ago')
    expect(formatAge('2026-11-24T12:00:00Z', Date.parse('2026-11-26T13:00:00Z'))).toBe('2 days ago')
    const now = Date.parse('2026-11-24T12:00:00Z')
    expect(formatMoment('2026-11-24T13:30:00Z', now)).toBe('in 1 h')
    expect(formatMoment('2026-12-24T12:00:00Z', now)).toBe('in 30 days')
    expect(formatMoment('2026-11-24T12:00:00Z', now)).toBe('0 s ago')
    expect(formatMoment('2026-11-24T11:00:00Z', now)).toBe('1 h ago')
  })
})

describe('a table', () => {
  test('aligns its columns', () => {
    const table = {
      headers: ['NAME', 'STATE'],
      rows: [
        ['a', 'Running'],
        ['longer', 'x'],
      ],
    }
    expect(formatTable(table, output(false), plain)).toBe('NAME    STATE\na       Running\nlonger  x\n')
  })

  test('fits the terminal, and is complete without one', () => {
    const table = { headers: ['NAME', 'IMAGE'], rows: [['a', 'registry.example.com/team/image:tag']] }
    const cut = formatTable(table, output(true, 24), plain)
    for (const line of cut.split('\n')) expect(line.length).toBeLessThanOrEqual(24)
    expect(cut).toContain('…')
    expect(formatTable(table, output(false, 24), plain)).toContain('registry.example.com/team/image:tag')
  })

  test('says how to see what it had to cut, and only then', () => {
    const table = {
      headers: ['IMAGE', 'ID'],
      rows: [['registry.example.com/team/image:tag', 'pull_01m8cm93yng9k98w090apah5xg']],
    }
    const hint = 'Cut to fit this terminal; `| cat` or --json shows all of it.\n'
    expect(formatTable(table, output(true, 40), plain).replaceAll('\n', ' ')).toContain(hint.trimEnd())
    expect(formatTable(table, output(true, 60), plain)).toContain(hint)
    for (const room of [output(true, 68), output(true, 100), output(false, 40)]) {
      expect(formatTable(table, room, plain)).toContain('pull_01m8cm93yng9k98w090apah5xg')
      expect(formatTable(table, room, plain)).not.toContain(hint)
    }
  })

  test('prints nothing that a terminal would obey', () => {
    const unit = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r',
      '\t',
      '\u0007',
      '\u001B',
      '[2J',
      '\u009B',
      '\u202E',
      '\uD800',
      'é',
    )
    const cell = fc.string({ unit, maxLength: 12 })
    const table = fc.array(fc.tuple(cell, cell), { maxLength: 8 })
    fc.assert(
      fc.property(table, (rows) => {
        const text = formatTable({ headers: ['A', 'B'], rows }, output(true, 400), plain)
        expect(text.split('\n')).toHaveLength(rows.length + 2)
        // oxlint-disable-next-line no-control-regex -- what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/)
      }),
    )
  })
})

describe('colours and redrawing', () => {
  test.each([
    [true, {}, true, true],
    [false, {}, false, false],
    [true, { NO_COLOR: '1' }, false, true],
    [true, { CI: 'true' }, true, false],
    [true, { TERM: 'dumb' }, false, false],
  ])('terminal %s with %j: colours %s, redrawing %s', (isTTY, env, colour, live) => {
    expect([hasColour(output(isTTY), env), isLive(output(isTTY), env)]).toEqual([colour, live])
  })
})
