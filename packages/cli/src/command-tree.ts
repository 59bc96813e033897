/** The command tree, walked by the words that the user types. */
import type { Command, RouteMap } from '@stricli/core'
import type { CliContext } from './context.ts'
import { typedFlag } from './flags.ts'
import type { CommandGroup } from './meant-command.ts'

export type CommandTarget = Command<CliContext> | RouteMap<CliContext>

/** Where a command line leads, as far as its first words match a name. */
export interface CommandPlace {
  readonly words: readonly string[]
  readonly target: CommandTarget
}

export function walk(root: CommandTarget, args: readonly string[]): CommandPlace {
  const words: string[] = []
  let target = root
  for (const arg of args) {
    const next: CommandTarget | undefined = entriesOf(target).find(
      ({ name, aliases }) => name['convert-camel-to-kebab'] === arg || name.original === arg || aliases.includes(arg),
    )?.target
    if (!next) break
    words.push(arg)
    target = next
  }
  return { words, target }
}

/** What may come next. */
export function groupsIn(target: CommandTarget): readonly CommandGroup[] {
  return entriesOf(target).map((entry) => ({
    name: entry.name['convert-camel-to-kebab'],
    commands: entriesOf(entry.target).map(({ name }) => name['convert-camel-to-kebab']),
  }))
}

/** For a command, its flags as typed, without the hidden ones. */
export function flagsOf(target: CommandTarget): ReadonlySet<string> {
  const flags = 'parameters' in target ? Object.entries(target.parameters.flags ?? {}) : []
  return new Set(flags.filter(([, flag]) => !('hidden' in flag && flag.hidden)).map(([name]) => typedFlag(name)))
}

function entriesOf(target: CommandTarget) {
  return 'getAllEntries' in target ? target.getAllEntries().filter((entry) => !entry.hidden) : []
}
