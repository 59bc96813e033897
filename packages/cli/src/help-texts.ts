/** The help of every command and group, for the reference and its tests. */
import { buildFairlead } from './app.ts'
import type { CommandTarget } from './command-tree.ts'
import { helpText } from './help.ts'

/** Every command and group, as typed after `fairlead`, except hidden ones. */
export function everyCommand(): readonly { readonly words: readonly string[]; readonly target: CommandTarget }[] {
  const under = (target: CommandTarget, words: readonly string[]): ReturnType<typeof everyCommand> => [
    { words, target },
    ...('getAllEntries' in target ? target.getAllEntries() : [])
      .filter(({ hidden }) => !hidden)
      .flatMap((entry) => under(entry.target, [...words, entry.name['convert-camel-to-kebab']])),
  ]
  return under(buildFairlead([]).root, [])
}

export function helpOfEveryCommand(): readonly { readonly name: string; readonly help: string }[] {
  return everyCommand().map(({ words, target }) => {
    const name = ['fairlead', ...words].join(' ')
    return { name, help: helpText(target, name) }
  })
}
