import { expect, test } from 'vitest'
import { credentialPath, type PathSubject } from './credential-path.ts'
import type { Box, Drawing, Text } from './drawing.ts'
import { example } from './example.ts'
import { widthOf } from './fit-text.ts'
import { longNames, samples } from './sample-records.ts'
import { layout } from './layout.ts'

const subjects: Record<string, PathSubject> = {
  ...Object.fromEntries(Object.entries(samples).map(([name, record]) => [name, { ...example, record }])),
  longNames: longNames as PathSubject,
}
const every = Object.entries(subjects)

const textsOf = ({ shapes }: Drawing): Text[] => shapes.filter((shape) => shape.kind === 'text')
const leftOf = (text: Text): number => (text.centred ? text.x - widthOf(text.text, text) / 2 : text.x)

test.each(every)('no text of %s is wider than its space, or outside the picture', (_, subject) => {
  const drawing = layout(credentialPath(subject))
  for (const text of textsOf(drawing)) {
    expect(widthOf(text.text, text), text.text).toBeLessThanOrEqual(text.room)
    expect(leftOf(text), text.text).toBeGreaterThanOrEqual(0)
    expect(leftOf(text) + widthOf(text.text, text), text.text).toBeLessThanOrEqual(drawing.width)
    expect(text.y, text.text).toBeLessThanOrEqual(drawing.height)
  }
})

test.each(every)('no box of %s cuts through another box or a text', (_, subject) => {
  const drawing = layout(credentialPath(subject))
  const boxes = drawing.shapes.filter((shape) => shape.kind === 'box')
  for (const box of boxes) {
    for (const other of boxes.filter((one) => one !== box)) {
      expect(isApart(box, other) || isWithin(box, other) || isWithin(other, box)).toBe(true)
    }
    for (const text of textsOf(drawing)) {
      const place = {
        x: leftOf(text),
        y: text.y - text.size * 0.75,
        width: widthOf(text.text, text),
        height: text.size,
      }
      expect(isApart(box, place) || isWithin(place, box), text.text).toBe(true)
    }
  }
})

test.each(every)('the texts of %s do not overlap', (_, subject) => {
  const places = textsOf(layout(credentialPath(subject))).map((text) => ({
    x: leftOf(text),
    y: text.y - text.size * 0.75,
    width: widthOf(text.text, text),
    height: text.size * 0.95,
    text: text.text,
  }))
  for (const [index, place] of places.entries()) {
    for (const other of places.slice(index + 1))
      expect(isApart(place, other), `${place.text} / ${other.text}`).toBe(true)
  }
})

function isApart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
}

function isWithin(a: Box, b: Box): boolean {
  return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height
}
