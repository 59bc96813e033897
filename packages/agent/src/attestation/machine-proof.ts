/** The statement of a machine's own cloud, or of the cluster of a pod, about it, for one join (S18, S31). */
import type { AwsJoinProof, GcpJoinProof, KubernetesJoinProof } from '@fairlead/contract/wire'

export type MachineProof =
  | { readonly provider: 'aws'; readonly proof: AwsJoinProof }
  | { readonly provider: 'gcp'; readonly proof: GcpJoinProof }
  | { readonly provider: 'kubernetes'; readonly proof: KubernetesJoinProof }
