/** What is printed next to the result of opening or testing a door. */
import { printable, printableText } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'

export interface SaidOfDoor {
  readonly registry: string
  readonly engine: { readonly name: string }
  readonly words: string
}

export function printOpen({ stdout, env }: CliContext, { registry, engine }: Omit<SaidOfDoor, 'words'>): void {
  stdout.write(`${paintFor(stdout, env).green(printable(registry))} is open for ${printable(engine.name)}\n`)
}

/** Podman repeats itself at each try. */
const mostLines = 8

/** An engine's own words about a pull that the door did not answer, for this terminal only. */
export function printWords({ stderr, env }: CliContext, { registry, engine, words }: SaidOfDoor): void {
  const lines = words.trim() === '' ? ['nothing'] : words.trim().split('\n').slice(0, mostLines)
  const said = lines.map((line) => printableText(line.trim())).join('\n  ')
  stderr.write(`${paintFor(stderr, env).bold(`${printable(engine.name)} on ${printable(registry)}:`)} ${said}\n`)
}
