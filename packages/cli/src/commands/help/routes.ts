/** `fairlead help COMMAND`: the same as `COMMAND --help`. */
import { buildCommand, type Command } from '@stricli/core'
import type { CliContext } from '../../context.ts'
import { withExamples } from '../../help.ts'

/** `runArgs`: runs another command line. */
export function helpCommand(
  runArgs: (args: readonly string[], context: CliContext) => Promise<void>,
): Command<CliContext> {
  return withExamples(
    buildCommand({
      func(this: CliContext, _flags: object, ...words: string[]): Promise<void> {
        return runArgs([...words, '--help'], this)
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
