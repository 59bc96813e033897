/** Labels next to the lines: what the gate compared, and what each kind of line means. Pure. */
import type { Gate, Ways } from './credential-path.ts'
import type { Shape } from './drawing.ts'
import { factType, strongType, toneColours, type Column } from './station-shapes.ts'
import { dashed, type Point } from './way-shapes.ts'

export function captionShapes(
  { title, text, tone }: Gate,
  { x, y, room }: { x: number; y: number; room: number },
): Column {
  return {
    shapes: [
      { kind: 'text', x, y, text: title, ...strongType, colour: toneColours[tone], centred: true, room },
      { kind: 'text', x, y: y + 16, text, ...factType, colour: 'quiet', centred: true, room },
    ],
    bottom: y + 20,
  }
}

const lineKinds = [
  { text: 'credential', colour: 'accent', weight: 4 },
  { text: 'image, by digest', colour: 'quiet', weight: 1.5 },
  { text: 'reference, record', colour: 'quiet', weight: 1.5, dash: dashed },
] as const

export function legendShapes(x: number, y: number): readonly Shape[] {
  return lineKinds.flatMap(({ text, ...stroke }, index): Shape[] => {
    const at = y + index * 22
    return [
      { kind: 'line', path: `M${x + 2} ${at}h26`, ...stroke },
      { kind: 'text', x: x + 40, y: at + 4, text, ...factType, colour: 'quiet', room: 160 },
    ]
  })
}

/** Captions for what happens on the credential's two paths and on the image's, each at its place. */
export function wayWords({ read, login, ask, layers }: Ways): {
  readonly read: string
  readonly login: string
  readonly layers: string
} {
  const isUsed = login === 'went' || login === 'unproved' || login === 'sent'
  return {
    read: read === 'idle' ? '' : 'reads',
    login: isUsed ? 'logs in' : ask === 'none' ? '' : 'asks',
    layers: layers === 'idle' ? '' : 'layers',
  }
}

export function wayLabel(text: string, [x, y]: Point, place: { readonly centred?: true }): readonly Shape[] {
  return text === '' ? [] : [{ kind: 'text', x, y, text, ...factType, colour: 'quiet', ...place, room: 70 }]
}
