/** The text of a station: its title, names, facts and state, one below the other. Pure. */
import type { Station, Tone } from './credential-path.ts'
import type { Colour, IconName, Shape } from './drawing.ts'
import { fitText } from './fit-text.ts'

export const padding = 14
const icon = 18

export const toneColours: Record<Tone, Colour> = { good: 'good', bad: 'bad', warn: 'warn', idle: 'quiet' }
const marks = { good: 'yes', bad: 'no', warn: 'note', idle: 'none' } as const

export interface Column {
  readonly shapes: readonly Shape[]
  readonly bottom: number
}

const titleType = { size: 13, family: 'sans', strong: true } as const
const nameType = { size: 12.5, family: 'mono' } as const
export const factType = { size: 12, family: 'sans' } as const
export const strongType = { ...factType, strong: true } as const

/** Each name is cut to this many lines. */
const nameLines = 2
const factLines = 2
const statusLines = 3

/** `x` and `y` are the corner of the text, not of its box. */
export function stationShapes(
  station: Station,
  { x, y, width, iconName }: { x: number; y: number; width: number; iconName: IconName },
): Column {
  const shapes: Shape[] = [
    { kind: 'icon', name: iconName, x, y, colour: 'quiet' },
    {
      kind: 'text',
      x: x + icon + 7,
      y: y + 13.5,
      text: station.title,
      ...titleType,
      colour: 'ink',
      room: width - icon - 7,
    },
  ]
  let bottom = y + icon
  for (const [index, name] of station.names.entries()) {
    for (const text of fitText(name, width, nameType, nameLines)) {
      bottom += 18
      shapes.push({
        kind: 'text',
        x,
        y: bottom,
        text,
        ...nameType,
        ...(index === 0 && { strong: true }),
        colour: 'ink',
        room: width,
      })
    }
  }
  for (const fact of station.facts) {
    for (const text of fitText(fact, width, factType, factLines)) {
      bottom += 17
      shapes.push({ kind: 'text', x, y: bottom, text, ...factType, colour: 'quiet', room: width })
    }
  }
  const status = statusShapes(station.status, { x, y: bottom + 7, width })
  return { shapes: [...shapes, ...status.shapes], bottom: status.bottom }
}

export function statusShapes(
  { tone, text }: Station['status'],
  { x, y, width }: { x: number; y: number; width: number },
): Column {
  const colour = toneColours[tone]
  const indent = 17
  const shapes: Shape[] = [{ kind: 'mark', mark: marks[tone], x: x + 5.5, y: y + 10, colour }]
  let bottom = y - 2
  for (const line of fitText(text, width - indent, strongType, statusLines)) {
    bottom += 16
    shapes.push({ kind: 'text', x: x + indent, y: bottom, text: line, ...strongType, colour, room: width - indent })
  }
  return { shapes, bottom: bottom + 4 }
}
