/** `fairlead version`: its arguments. */
import { remoteFlags } from '../../flags.ts'
import { command } from '../../help.ts'

export const versionCommand = command({
  loader: async () => import('./print-versions.ts'),
  parameters: { flags: remoteFlags },
  docs: {
    brief: 'Print the version of this command, and of the control plane',
    fullDescription: 'Asks the control plane too, if one was chosen with `fairlead login`, --host or FAIRLEAD_HOST.',
  },
  examples: ['fairlead version', 'fairlead version --json'],
})
