/** `fairlead help COMMAND`: the same as `COMMAND --help`. */
import { buildCommand, type Command, type RouteMap } from '@stricli/core'
import { walk } from '../../command-tree.ts'
import type { CliContext } from '../../context.ts'
import { printHelp, withExamples } from '../../help.ts'
import { UsageError } from '../../usage-error.ts'

/** `root`: read at run time, since this command is part of it. */
export function helpCommand(root: () => RouteMap<CliContext>): Command<CliContext> {
  return withExamples(
    buildCommand({
      func(this: CliContext, _flags: object, ...words: string[]): void {
        const place = walk(root(), words)
        const name = ['fairlead', ...place.words].join(' ')
        const unknown = words[place.words.length]
        if (unknown !== undefined) throw new UsageError(`there is no command ${unknown}`, name)
        printHelp(this, place.target, name)
      },
      parameters: {
        positional: {
          kind: 'array',
          parameter: { parse: String, placeholder: 'COMMAND', brief: 'The command; without one, lists all commands' },
        },
      },
      docs: { brief: 'Print the help of a command' },
    }),
    ['fairlead help', 'fairlead help cluster start'],
  )
}
