/** Colours, if wanted: on a terminal that has them, unless NO_COLOR says otherwise (no-color.org). */
import type { Output } from '../context.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

export function hasColour(output: Output, env: Environment): boolean {
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false
  return output.isTTY && output.getColorDepth() >= 4
}

/** Whether lines may be redrawn: on a terminal, but not on a build server. */
export function isLive(output: Output, env: Environment): boolean {
  return output.isTTY && env['TERM'] !== 'dumb' && !env['CI']
}

export function paintFor(output: Output, env: Environment): Paint {
  const wrap = hasColour(output, env)
    ? (open: number, close: number) => (text: string) => `\u001B[${open}m${text}\u001B[${close}m`
    : () => (text: string) => text
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
  }
}
