/** `fairlead support-bundle`: its arguments. */
import { pathFlag, remoteFlags } from '../../flags.ts'
import { command } from '../../help.ts'
import { defaultPaths, policyFlag } from '../agent/paths.ts'

export const supportBundleCommand = command({
  loader: async () => import('./support-bundle.ts'),
  parameters: {
    flags: {
      policy: policyFlag,
      dockerSocket: pathFlag('FILE', defaultPaths.dockerSocket, "Docker's socket"),
      stateDir: pathFlag('DIR', defaultPaths.stateDir, "The node's own key and records"),
      ...remoteFlags,
    },
  },
  docs: {
    brief: 'Collect diagnostics for support, without names, hosts or values',
    fullDescription:
      'Ids, states, problem codes, versions, numbers and times: of this machine, of the control plane that you are logged in to, and of\n' +
      'its newest pulls. The JSON goes to standard output, and what it contains to standard error. Nothing is sent anywhere.',
  },
  examples: ['fairlead support-bundle > fairlead-support.json', 'sudo fairlead support-bundle > fairlead-support.json'],
})
