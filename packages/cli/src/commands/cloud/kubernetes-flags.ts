/** The flags that say which pods may join a cloud. Apart from what they lead to, since help and every command load flags. */
import { textFlag, textsFlag } from '../../flags.ts'

export interface KubernetesFlags {
  readonly kubernetesIssuer?: string
  readonly kubernetesAccount?: readonly string[]
  readonly kubernetesKeys?: string
}

export const kubernetesFlags = {
  kubernetesIssuer: textFlag(
    'URL',
    'Let pods of this Kubernetes cluster join: the issuer of its service account tokens',
  ),
  kubernetesAccount: textsFlag('NAMESPACE/NAME', 'Only pods with this service account; repeatable'),
  kubernetesKeys: textFlag('FILE', 'The public keys of a private issuer: kubectl get --raw /openid/v1/jwks'),
} as const
