/** `fairlead completion`: its arguments. */
import { buildChoiceParser } from '@stricli/core'
import { command } from '../../help.ts'
import type { Shell } from './print-script.ts'

const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

export const completionCommand = command({
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
  examples: [
    'source <(fairlead completion bash)',
    'fairlead completion fish > ~/.config/fish/completions/fairlead.fish',
  ],
})
