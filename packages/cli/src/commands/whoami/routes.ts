/** `fairlead whoami`: its arguments. */
import { remoteFlags } from '../../flags.ts'
import { command } from '../../help.ts'

export const whoamiCommand = command({
  loader: async () => import('./whoami.ts'),
  parameters: { flags: remoteFlags },
  docs: { brief: 'Show which control plane this is, and who you are there' },
  examples: ['fairlead whoami', 'fairlead whoami --json'],
})
