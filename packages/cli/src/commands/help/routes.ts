/** `fairlead help COMMAND`: the same as `COMMAND --help`. */
import { type Command } from '@stricli/core'
import type { CliContext } from '../../context.ts'
import { command } from '../../help.ts'

/** `runArgs`: runs another command line. */
export function helpCommand(
  runArgs: (args: readonly string[], context: CliContext) => Promise<void>,
): Command<CliContext> {
  return command({
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
    examples: ['fairlead help', 'fairlead help cluster start'],
  })
}
