/** The statement of a machine's own cloud about it, for one join (S18). */
import type { AwsJoinProof, GcpJoinProof } from '@fairlead/contract/wire'

export type MachineProof =
  | { readonly provider: 'aws'; readonly proof: AwsJoinProof }
  | { readonly provider: 'gcp'; readonly proof: GcpJoinProof }
