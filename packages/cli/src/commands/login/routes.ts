/** `fairlead login` and `fairlead logout`: their arguments. */
import { buildCommand } from '@stricli/core'
import { remoteFlags, textFlag } from '../../flags.ts'
import { withExamples } from '../../help.ts'

export const loginCommand = withExamples(
  buildCommand({
    loader: async () => import('./login.ts'),
    parameters: {
      flags: { tokenFile: textFlag('FILE', 'Read the token from this file'), ...remoteFlags },
    },
    docs: {
      brief: 'Store a token for a control plane',
      fullDescription:
        'The token comes from --token-file, from FAIRLEAD_TOKEN, or from standard input; on a terminal you are asked for it. It is\n' +
        'never read from the command line, where other users could see it.',
    },
  }),
  [
    'fairlead login --host https://fairlead.example.com',
    'fairlead login --host https://10.0.0.5:8470 --ca-file ca.pem < token.txt',
  ],
)

export const logoutCommand = withExamples(
  buildCommand({
    loader: async () => import('./logout.ts'),
    parameters: { flags: remoteFlags },
    docs: { brief: 'Forget the token on this machine' },
  }),
  ['fairlead logout'],
)
