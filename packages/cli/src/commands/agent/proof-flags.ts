/** The flags that say what lets this machine in. Apart from what they lead to, since help and every command load flags. */
import type { Provider } from '@fairlead/contract/names'
import { providerFlag, textFlag } from '../../flags.ts'
import type { PolicyFlags } from './paths.ts'

export interface ProofFlags extends PolicyFlags {
  readonly provider: Provider
  readonly name?: string
  readonly cloud?: string
  readonly caSha256?: string
  readonly kubernetesToken?: string
}

export const proofFlags = {
  name: textFlag('NAME', "The node's name (default: the instance id with --cloud, otherwise the host name)"),
  provider: {
    ...providerFlag('Where this machine gets its identity and secrets'),
    optional: false,
    default: 'local',
  },
  cloud: textFlag('CLOUD', 'Join without a token: AWS, Google Cloud or a Kubernetes cluster vouches for the machine'),
  caSha256: textFlag('HEX', 'With --cloud: the CA of a control plane that made its own'),
  kubernetesToken: textFlag('FILE', 'With --cloud, in a pod: its projected service account token'),
} as const
