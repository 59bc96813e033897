import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitText, widthOf, type Type } from './fit-text.ts'

const sans: Type = { size: 12, family: 'sans' }
const mono: Type = { size: 12, family: 'mono' }

test('keeps words whole, and breaks a name after a separator', () => {
  expect(fitText('the node may not read the secret', 120, sans, 3)).toEqual(['the node may not', 'read the secret'])
  expect(fitText('registry.example.com/team/image', 140, mono, 2)).toEqual(['registry.example.', 'com/team/image'])
})

test('shortens a long name in the middle, so that its end stays', () => {
  const [first = '', last = ''] = fitText(`registry.${'a'.repeat(300)}.example.org`, 140, mono, 2)
  expect(first).toMatch(/^registry\./)
  expect(last).toMatch(/example\.org$/)
})

test('fits each line and keeps to the line limit, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 30, max: 300 }),
      fc.constantFrom<Type>(sans, mono, { ...sans, strong: true }),
      fc.integer({ min: 1, max: 3 }),
      (text, width, type, lines) => {
        const fitted = fitText(text, width, type, lines)
        expect(fitted.length).toBeLessThanOrEqual(lines)
        for (const line of fitted) expect(widthOf(line, type)).toBeLessThanOrEqual(width)
      },
    ),
  )
})
