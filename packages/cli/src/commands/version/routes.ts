/** `fairlead version`: its arguments. */
import { buildCommand } from '@stricli/core'
import { remoteFlags } from '../../flags.ts'
import { withExamples } from '../../help.ts'

export const versionCommand = withExamples(
  buildCommand({
    loader: async () => import('./print-versions.ts'),
    parameters: { flags: remoteFlags },
    docs: {
      brief: 'Print the version of this command, and of the control plane',
      fullDescription: 'Asks the control plane too, if one was chosen with `fairlead login`, --host or FAIRLEAD_HOST.',
    },
  }),
  ['fairlead version', 'fairlead version --json'],
)
