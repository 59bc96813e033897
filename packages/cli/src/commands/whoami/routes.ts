/** `fairlead whoami`: its arguments. */
import { buildCommand } from '@stricli/core'
import { remoteFlags } from '../../flags.ts'
import { withExamples } from '../../help.ts'

export const whoamiCommand = withExamples(
  buildCommand({
    loader: async () => import('./whoami.ts'),
    parameters: { flags: remoteFlags },
    docs: { brief: 'Show which control plane this is, and who you are there' },
  }),
  ['fairlead whoami', 'fairlead whoami --json'],
)
