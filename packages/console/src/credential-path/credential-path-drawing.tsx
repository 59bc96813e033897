/** Draws a list of shapes as SVG. Colours are a parameter, so that it can be part of a page or a separate file. */
import type { Colour, Drawing, IconName, Shape, Side } from './drawing.ts'

export type Inks = Record<Colour, string>

export interface Fonts {
  readonly sans: string
  readonly mono: string
}

const icons: Record<IconName, string> = {
  vault: 'M3.5 8.5h11v7h-11zM6 8.5v-2.5a3 3 0 0 1 6 0v2.5M9 11.5v1.5',
  server: 'M3 3.5h12v4.5h-12zM3 10.5h12v4.5h-12zM6 5.75h.01M6 12.75h.01',
  registry: 'M9 2.5l6.5 3.5l-6.5 3.5l-6.5-3.5zM2.5 9.5l6.5 3.5l6.5-3.5M2.5 12.75l6.5 3.25l6.5-3.25',
  record: 'M4 2.5h10v13h-10zM6.5 6h5M6.5 9h5M6.5 12h3',
  container: 'M2.5 4.5h13v9h-13zM6 7.5v3M9 7.5v3M12 7.5v3',
  gateway: 'M3.5 15.5v-8.5a5.5 5.5 0 0 1 11 0v8.5M7 9.5l-2 0M11 12h-5m1.8-1.8l-1.8 1.8l1.8 1.8',
}

const turns: Record<Side, number> = { right: 0, down: 90, left: 180, up: 270 }

export function CredentialPathDrawing({
  drawing: { width, height, shapes },
  inks,
  fonts,
  title,
  description,
  id,
  className,
}: {
  drawing: Drawing
  inks: Inks
  fonts: Fonts
  title: string
  description: string
  /** Unique on the page. */
  id: string
  className?: string | undefined
}) {
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox={`0 0 ${width} ${Math.ceil(height)}`}
      className={className}
      role="img"
      aria-labelledby={`${id}-title ${id}-text`}
      fontFamily={fonts.sans}
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-text`}>{description}</desc>
      {shapes.map((shape, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- shapes have no names, and are drawn anew as a whole
        <Drawn key={index} shape={shape} inks={inks} fonts={fonts} />
      ))}
    </svg>
  )
}

function Drawn({ shape, inks, fonts }: { shape: Shape; inks: Inks; fonts: Fonts }) {
  switch (shape.kind) {
    case 'box': {
      const { x, y, width, height, fill, stroke, dashed } = shape
      return (
        <rect
          x={x}
          y={y}
          width={width}
          height={height}
          rx={8}
          fill={inks[fill]}
          stroke={inks[stroke]}
          strokeWidth={1.25}
          strokeDasharray={dashed && '5 4'}
        />
      )
    }
    case 'line':
      return <path d={shape.path} stroke={inks[shape.colour]} strokeWidth={shape.weight} strokeDasharray={shape.dash} />
    case 'tip': {
      const { x, y, side, size, colour } = shape
      return (
        <path
          transform={`translate(${x} ${y}) rotate(${turns[side]})`}
          d={`M${-size} ${-size * 0.62}L0 0L${-size} ${size * 0.62}z`}
          fill={inks[colour]}
          stroke={inks[colour]}
          strokeWidth={1}
        />
      )
    }
    case 'dot':
      return <circle cx={shape.x} cy={shape.y} r={shape.radius} fill={inks[shape.colour]} />
    case 'stop':
      return (
        <g transform={`translate(${shape.x} ${shape.y})`} stroke={inks[shape.colour]} strokeWidth={2}>
          <circle r={9} fill={inks.panel} />
          <path d="M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2" />
        </g>
      )
    case 'icon':
      return (
        <path
          transform={`translate(${shape.x} ${shape.y})`}
          d={icons[shape.name]}
          stroke={inks[shape.colour]}
          strokeWidth={1.4}
        />
      )
    case 'mark':
      return (
        <path
          transform={`translate(${shape.x} ${shape.y})`}
          d={markPaths[shape.mark]}
          stroke={inks[shape.colour]}
          strokeWidth={2}
        />
      )
    case 'text':
    default:
      return (
        <text
          x={shape.x}
          y={shape.y}
          fontSize={shape.size}
          fontFamily={shape.family === 'mono' ? fonts.mono : undefined}
          fontWeight={shape.strong && 600}
          textAnchor={shape.centred && 'middle'}
          fill={inks[shape.colour]}
          data-room={shape.room}
        >
          {shape.text}
        </text>
      )
  }
}

const markPaths = {
  yes: 'M-4.5 0.5L-1.5 3.5L4.5 -3.5',
  no: 'M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5',
  note: 'M0 -4.5V0.5M0 4V4.01',
  none: 'M-3.5 0H3.5',
} as const
