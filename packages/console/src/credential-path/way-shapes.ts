/** How each path is drawn: thick where a credential went, thin where something else did, dotted where nothing did. Pure. */
import type { CredentialPath, Ways } from './credential-path.ts'
import type { Colour, Shape, Side } from './drawing.ts'

export type Point = readonly [x: number, y: number]

const dotted = '0.1 6'
export const dashed = '5 4'

const line = ([x1, y1]: Point, [x2, y2]: Point): string => `M${x1} ${y1}L${x2} ${y2}`

export function credential(from: Point, to: Point): Shape {
  return { kind: 'line', path: line(from, to), colour: 'accent', weight: 4 }
}

export function plain(from: Point, to: Point): Shape {
  return { kind: 'line', path: line(from, to), colour: 'quiet', weight: 1.5 }
}

export function nothing(from: Point, to: Point): Shape {
  return { kind: 'line', path: line(from, to), colour: 'line', weight: 2.5, dash: dotted }
}

export function only(from: Point, to: Point, colour: Colour): Shape {
  return { kind: 'line', path: line(from, to), colour, weight: 1.5, dash: dashed }
}

export function tip([x, y]: Point, side: Side, colour: Colour, size = 7): Shape {
  return { kind: 'tip', x, y, side, colour, size }
}

export const stop = ([x, y]: Point, colour: Colour): Shape => ({ kind: 'stop', x, y, colour })

/** Points on the straight line of the credential, from left to right. */
export interface Lane {
  readonly manager: Point
  readonly nodeEdge: Point
  /** Where the login is in the node's memory. */
  readonly held: Point
  readonly gateBefore: Point
  readonly gate: Point
  readonly gateAfter: Point
  /** Between the gate and the registry, within the node. */
  readonly beyond: Point
  readonly registry: Point
}

export const ringRadius = 21

export function laneShapes({ ways, gate }: CredentialPath, lane: Lane): readonly Shape[] {
  return [...readShapes(ways, lane), ...ringShapes(gate, lane), ...loginShapes(ways, gate.tone === 'warn', lane)]
}

function readShapes({ read }: Ways, { manager, nodeEdge, held }: Lane): Shape[] {
  if (read === 'idle') return [nothing(manager, nodeEdge)]
  if (read === 'stopped') return [nothing(manager, nodeEdge), stop(middle(manager, nodeEdge), 'bad')]
  return [credential(manager, held), tip(nodeEdge, 'right', 'accent', 9)]
}

function loginShapes({ login, ask }: Ways, isAllowed: boolean, lane: Lane): Shape[] {
  const { held, gateBefore, gateAfter, beyond, registry } = lane
  const asks = (from: Point): Shape[] =>
    ask === 'none'
      ? [nothing(from, registry)]
      : ask === 'made'
        ? [plain(from, registry), tip(registry, 'right', 'quiet')]
        : [plain(from, registry), stop(registry, 'bad')]
  const memory: Shape = { kind: 'dot', x: held[0], y: held[1], radius: 6.5, colour: 'accent' }
  switch (login) {
    case 'none':
      return ask === 'none' ? [nothing(held, registry)] : asks(held)
    case 'useless':
      return [nothing(held, registry), stop(held, 'bad')]
    case 'shut-out':
      return [credential(held, gateBefore), memory, ...asks(gateAfter), stop(gateBefore, isAllowed ? 'warn' : 'bad')]
    case 'held':
      return [
        ...asks(beyond),
        credential(held, beyond),
        memory,
        stop(beyond, ask === 'stopped' || ask === 'none' ? 'quiet' : 'bad'),
      ]
    case 'unproved':
      return [credential(held, registry), memory, stop(registry, 'warn')]
    case 'sent':
      return [credential(held, registry), memory, stop(registry, 'bad')]
    case 'went':
    default:
      return [credential(held, registry), memory, tip(registry, 'right', 'accent', 9)]
  }
}

/** The fairlead: open for a line that may pass, a closed ring for one that may not. */
function ringShapes({ state, tone }: CredentialPath['gate'], { gate: [x, y] }: Lane): Shape[] {
  const colour: Colour = state === 'unused' ? 'line' : state === 'open' ? 'accent' : tone === 'warn' ? 'warn' : 'bad'
  const r = ringRadius
  if (state === 'shut') {
    const path = `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
    return [{ kind: 'line', path, colour, weight: 4 }]
  }
  // Two half rings, with room for the line between them.
  const gap = 0.42
  const [a, b] = [r * Math.cos(gap), r * Math.sin(gap)].map((value) => Math.round(value * 100) / 100) as [
    number,
    number,
  ]
  const path = `M${x - a} ${y - b}A${r} ${r} 0 0 1 ${x + a} ${y - b}M${x - a} ${y + b}A${r} ${r} 0 0 0 ${x + a} ${y + b}`
  return [{ kind: 'line', path, colour, weight: 4 }]
}

/** The path of the image, from the registry to the engine: it never carries a credential. */
export function imageShapes(way: Ways['layers'], from: Point, to: Point): readonly Shape[] {
  if (way === 'idle') return [nothing(from, to)]
  if (way === 'stopped') return [plain(from, to), stop(middle(from, to), 'bad')]
  return [plain(from, to), tip(to, 'left', 'quiet')]
}

function middle([x1, y1]: Point, [x2, y2]: Point): Point {
  return [(x1 + x2) / 2, (y1 + y2) / 2]
}
