/** Lays out the drawing: the credential goes from left to right, the image comes back below it. Pure. */
import type { CredentialPath } from './credential-path.ts'
import type { Box, Drawing, Shape } from './drawing.ts'
import { captionShapes, legendShapes, wayLabel, wayWords } from './caption-shapes.ts'
import { factType, padding, stationShapes } from './station-shapes.ts'
import { imageShapes, laneShapes, nothing, only, ringRadius, tip, type Lane } from './way-shapes.ts'

const width = 960
const edge = 1
const side = { width: 206 }
const node = { x: 280, width: 400 }
const registryX = width - edge - side.width
const gateX = node.x + node.width / 2
const aside = 46

export function layout(path: CredentialPath): Drawing {
  const inNode = node.x + padding
  const nodeText = node.width - 2 * padding

  const plane = stationShapes(path.controlPlane, {
    x: inNode,
    y: edge + padding - 2,
    width: nodeText,
    iconName: 'record',
  })
  const planeBox: Box = { x: node.x, y: edge, width: node.width, height: plane.bottom + padding - 4 - edge }
  const planeBottom = planeBox.y + planeBox.height

  const top = planeBottom + aside
  const header = stationShapes(path.node, { x: inNode, y: top + padding, width: nodeText, iconName: 'server' })
  const laneY = header.bottom + 34
  const under = laneY + ringRadius + 18
  const gate = captionShapes(path.gate, { x: gateX, y: under, room: 150 })

  const innerTop = gate.bottom + 16
  const innerWidth = 172
  const engineX = inNode
  const gatewayX = node.x + node.width - padding - innerWidth
  const inner = innerWidth - 2 * 11
  const engine = stationShapes(path.engine, { x: engineX + 11, y: innerTop + 11, width: inner, iconName: 'container' })
  const gateway = stationShapes(path.gateway, { x: gatewayX + 11, y: innerTop + 11, width: inner, iconName: 'gateway' })
  const innerBottom = Math.max(engine.bottom, gateway.bottom) + 11
  const imageY = (innerTop + innerBottom) / 2
  const bottom = innerBottom + padding
  const innerBox = (x: number): Shape => ({
    kind: 'box',
    x,
    y: innerTop,
    width: innerWidth,
    height: innerBottom - innerTop,
    fill: 'ground',
    stroke: 'line',
  })

  const manager = centred(path.secretManager, 'vault', edge, laneY)
  const { facts: digest, ...named } = path.registry
  const registry = stationShapes(
    { ...named, facts: [] },
    { x: registryX + padding, y: top + padding, width: side.width - 2 * padding, iconName: 'registry' },
  )
  const height = Math.max(bottom, registry.bottom + padding) + edge
  const managerRight = edge + side.width
  const lane: Lane = {
    manager: [managerRight, laneY],
    nodeEdge: [node.x, laneY],
    held: [node.x + padding + 10, laneY],
    gateBefore: [gateX - ringRadius - 2, laneY],
    gate: [gateX, laneY],
    gateAfter: [gateX + ringRadius + 2, laneY],
    beyond: [gateX + ringRadius + 42, laneY],
    registry: [registryX, laneY],
  }
  const { ways } = path
  const words = wayWords(ways)
  const [leftGap, rightGap] = [(managerRight + node.x) / 2, (node.x + node.width + registryX) / 2]
  const [down, up] = [node.x + 96, node.x + node.width - 96]
  return {
    width,
    height,
    shapes: [
      { kind: 'box', ...planeBox, fill: 'ground', stroke: 'line', dashed: true },
      { kind: 'box', x: node.x, y: top, width: node.width, height: bottom - top, fill: 'panel', stroke: 'line' },
      { kind: 'box', ...manager.box, fill: 'panel', stroke: 'line' },
      { kind: 'box', x: registryX, y: top, width: side.width, height: bottom - top, fill: 'panel', stroke: 'line' },
      innerBox(engineX),
      innerBox(gatewayX),
      ways.reference === 'named'
        ? only([down, planeBottom], [down, top], 'quiet')
        : nothing([down, planeBottom], [down, top]),
      ...(ways.reference === 'named' ? [tip([down, top], 'down', 'quiet')] : []),
      label(ways.reference === 'named' ? 'reference' : 'no reference', down + 9, (planeBottom + top) / 2 + 4),
      only([up, top], [up, planeBottom], 'quiet'),
      tip([up, planeBottom], 'up', 'quiet'),
      label('record', up - 9 - 38, (planeBottom + top) / 2 + 4),
      ...laneShapes(path, lane),
      ...imageShapes(ways.layers, [registryX, imageY], [gatewayX + innerWidth, imageY]),
      ...imageShapes(ways.handOver, [gatewayX, imageY], [engineX + innerWidth, imageY]),
      ...plane.shapes,
      ...header.shapes,
      ...gate.shapes,
      ...engine.shapes,
      ...gateway.shapes,
      ...manager.shapes,
      ...registry.shapes,
      ...digest.map((text): Shape => ({
        kind: 'text',
        x: registryX + padding,
        y: imageY + 4,
        text,
        ...factType,
        colour: 'quiet',
        room: side.width - 2 * padding,
      })),
      ...wayLabel(words.read, [leftGap - 4, laneY - 14], { centred: true }),
      ...wayLabel(words.login, [rightGap - 4, laneY - 14], { centred: true }),
      ...wayLabel(words.layers, [rightGap + 4, imageY - 14], { centred: true }),
      ...legendShapes(edge + 2, bottom - 62),
    ],
  }
}

function label(text: string, x: number, y: number): Shape {
  return { kind: 'text', x, y, text, ...factType, colour: 'quiet', room: 90 }
}

/** A station whose box surrounds the line. */
function centred(
  station: CredentialPath['secretManager'],
  iconName: 'vault',
  x: number,
  y: number,
): { box: Box; shapes: readonly Shape[] } {
  const measure = stationShapes(station, { x: 0, y: 0, width: side.width - 2 * padding, iconName })
  const height = measure.bottom + 2 * padding - 4
  const top = y - height / 2
  const { shapes } = stationShapes(station, {
    x: x + padding,
    y: top + padding,
    width: side.width - 2 * padding,
    iconName,
  })
  return { box: { x, y: top, width: side.width, height }, shapes }
}
