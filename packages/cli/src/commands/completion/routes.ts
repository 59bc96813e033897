/** `fairlead completion`: its arguments. */
import { buildChoiceParser, buildCommand } from '@stricli/core'
import { withExamples } from '../../help.ts'
import type { Shell } from './print-script.ts'

const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

export const completionCommand = withExamples(
  buildCommand({
    loader: async () => import('./print-script.ts'),
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: buildChoiceParser(shells),
            proposeCompletions: (partial) => shells.filter((shell) => shell.startsWith(partial)),
            placeholder: 'SHELL',
            brief: 'bash, zsh or fish',
          },
        ],
      },
    },
    docs: { brief: 'Print the completion script of a shell' },
  }),
  ['source <(fairlead completion bash)', 'fairlead completion fish > ~/.config/fish/completions/fairlead.fish'],
)
