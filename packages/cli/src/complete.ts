/** What the shell calls behind the scenes: suggestions for the last word of a command line (`fairlead complete -- WORD…`). */
import { proposeCompletions, type Application } from '@stricli/core'
import { notTaken } from './commands/cluster/refused-flags.ts'
import type { CliContext } from './context.ts'

export async function complete(
  app: Application<CliContext>,
  words: readonly string[],
  context: CliContext,
): Promise<void> {
  for (const { completion, brief } of await proposeCompletions(app, words, context)) {
    if (completion !== '--' && brief !== notTaken) context.stdout.write(`${completion}\t${brief}\n`)
  }
}
