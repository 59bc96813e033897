/** The drawing for a narrow place: the credential goes down on the left, the image comes up beside it. Pure. */
import type { CredentialPath } from './credential-path.ts'
import { legendShapes, wayLabel, wayWords } from './caption-shapes.ts'
import type { Box, Drawing, Shape } from './drawing.ts'
import { fitText } from './fit-text.ts'
import { factType, padding, stationShapes, strongType, toneColours } from './station-shapes.ts'
import { imageShapes, laneShapes, nothing, only, ringRadius, tip, type Lane } from './way-shapes.ts'

const width = 340
const edge = 1
const inner = width - 2 * edge
const laneX = edge + padding + ringRadius + 4
/** What passes between control plane and node goes by on the right. */
const besides = 74
const gap = 34
const partX = edge + 150

export function tallLayout(path: CredentialPath): Drawing {
  const text = edge + padding
  const plane = stationShapes(path.controlPlane, {
    x: text,
    y: edge + padding - 2,
    width: inner - 2 * padding,
    iconName: 'record',
  })
  const planeBottom = plane.bottom + padding - 4

  const managerWidth = inner - besides
  const managerTop = planeBottom + gap
  const manager = stationShapes(path.secretManager, {
    x: text,
    y: managerTop + padding,
    width: managerWidth - 2 * padding,
    iconName: 'vault',
  })
  const managerBottom = manager.bottom + padding - 4

  const nodeTop = managerBottom + gap
  const header = stationShapes(path.node, {
    x: laneX + 24,
    y: nodeTop + padding,
    width: inner - laneX - 24 - padding,
    iconName: 'server',
  })

  const partWidth = inner - partX - padding + edge
  const partText = partWidth - 22
  const dockerTop = header.bottom + 16
  const docker = stationShapes(path.docker, {
    x: partX + 11,
    y: dockerTop + 11,
    width: partText,
    iconName: 'container',
  })
  const dockerBottom = docker.bottom + 9
  const gatewayTop = dockerBottom + 30
  const gateway = stationShapes(path.gateway, {
    x: partX + 11,
    y: gatewayTop + 11,
    width: partText,
    iconName: 'gateway',
  })
  const gatewayBottom = gateway.bottom + 9
  const nodeBottom = gatewayBottom + padding
  const imageX = partX + partWidth / 2

  const gateY = Math.max(dockerTop + ringRadius + 6, (dockerTop + gatewayBottom) / 2 - 46)
  const registryTop = nodeBottom + gap
  const registry = stationShapes(path.registry, {
    x: text,
    y: registryTop + padding,
    width: inner - 2 * padding,
    iconName: 'registry',
  })
  const registryBottom = registry.bottom + padding - 4

  const lane: Lane = {
    side: 'down',
    manager: [laneX, managerBottom],
    nodeEdge: [laneX, nodeTop],
    held: [laneX, nodeTop + 40],
    gateBefore: [laneX, gateY - ringRadius - 2],
    gate: [laneX, gateY],
    gateAfter: [laneX, gateY + ringRadius + 2],
    beyond: [laneX, Math.min(gateY + ringRadius + 80, nodeBottom - 26)],
    registry: [laneX, registryTop],
  }
  const { ways } = path
  const words = wayWords(ways)
  const [down, up] = [width - edge - 48, width - edge - 18]
  const part = (y: number, bottom: number): Shape => ({
    kind: 'box',
    x: partX,
    y,
    width: partWidth,
    height: bottom - y,
    fill: 'ground',
    stroke: 'line',
  })
  const hasReference = ways.reference === 'named'
  return {
    width,
    height: registryBottom + 84,
    shapes: [
      { kind: 'box', ...frame(edge, planeBottom, inner), fill: 'ground', stroke: 'line', dashed: true },
      { kind: 'box', ...frame(managerTop, managerBottom, managerWidth), fill: 'panel', stroke: 'line' },
      { kind: 'box', ...frame(nodeTop, nodeBottom, inner), fill: 'panel', stroke: 'line' },
      { kind: 'box', ...frame(registryTop, registryBottom, inner), fill: 'panel', stroke: 'line' },
      part(dockerTop, dockerBottom),
      part(gatewayTop, gatewayBottom),
      hasReference
        ? only([down, planeBottom], [down, nodeTop], 'quiet')
        : nothing([down, planeBottom], [down, nodeTop]),
      ...(hasReference ? [tip([down, nodeTop], 'down', 'quiet')] : []),
      only([up, nodeTop], [up, planeBottom], 'quiet'),
      tip([up, planeBottom], 'up', 'quiet'),
      {
        kind: 'text',
        x: down - 116,
        y: planeBottom + gap / 2 + 4,
        text: hasReference ? 'reference, record' : 'the record',
        ...factType,
        colour: 'quiet',
        room: 110,
      },
      ...laneShapes(path, lane),
      ...imageShapes(ways.layers, { from: [imageX, registryTop], to: [imageX, gatewayBottom], side: 'up' }),
      ...imageShapes(ways.handOver, { from: [imageX, gatewayTop], to: [imageX, dockerBottom], side: 'up' }),
      ...gateCaption(path, gateY),
      ...plane.shapes,
      ...manager.shapes,
      ...header.shapes,
      ...docker.shapes,
      ...gateway.shapes,
      ...registry.shapes,
      ...wayLabel(words.read, [laneX + 14, (managerBottom + nodeTop) / 2 + 3], {}),
      ...wayLabel(words.login, [laneX + 14, (nodeBottom + registryTop) / 2 + 4], {}),
      ...wayLabel(words.layers, [imageX + 14, (nodeBottom + registryTop) / 2 + 4], {}),
      ...legendShapes(edge + 2, registryBottom + 24),
    ],
  }
}

function frame(top: number, bottom: number, width: number): Box {
  return { x: edge, y: top, width, height: bottom - top }
}

/** Beside the ring, in the room between the line and the boxes. */
function gateCaption({ gate }: CredentialPath, y: number): Shape[] {
  const x = laneX + ringRadius + 9
  const room = partX - x - 6
  const titles = fitText(gate.title, room, strongType, 3)
  return titles.map((text, index): Shape => ({
    kind: 'text',
    x,
    y: y + 4 + (index - (titles.length - 1) / 2) * 16,
    text,
    ...strongType,
    colour: toneColours[gate.tone],
    room,
  }))
}
