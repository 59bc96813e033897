/** A drawing as a list of shapes, from back to front: the layout is a value that tests can inspect. */
import type { Family } from './fit-text.ts'

export type Colour = 'ink' | 'quiet' | 'accent' | 'good' | 'bad' | 'warn' | 'line' | 'panel' | 'ground'
export type IconName = 'vault' | 'server' | 'registry' | 'record' | 'container' | 'gateway'
export type Side = 'left' | 'right' | 'up' | 'down'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Shape =
  | ({ readonly kind: 'box'; readonly fill: Colour; readonly stroke: Colour; readonly dashed?: true } & Box)
  | {
      readonly kind: 'line'
      readonly path: string
      readonly colour: Colour
      readonly weight: number
      readonly dash?: string
    }
  | {
      readonly kind: 'tip'
      readonly x: number
      readonly y: number
      readonly side: Side
      readonly colour: Colour
      readonly size: number
    }
  | { readonly kind: 'dot'; readonly x: number; readonly y: number; readonly radius: number; readonly colour: Colour }
  | { readonly kind: 'stop'; readonly x: number; readonly y: number; readonly colour: Colour }
  | { readonly kind: 'icon'; readonly name: IconName; readonly x: number; readonly y: number; readonly colour: Colour }
  | {
      readonly kind: 'mark'
      readonly mark: 'yes' | 'no' | 'note' | 'none'
      readonly x: number
      readonly y: number
      readonly colour: Colour
    }
  | Text

export interface Text {
  readonly kind: 'text'
  /** The position of the start, or of the middle if centred; `y` is the baseline. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly size: number
  readonly family: Family
  readonly strong?: true
  readonly colour: Colour
  readonly centred?: true
  /** Its maximum width, and the full text if it was cut. */
  readonly room: number
}

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}
