/** Runs as the node that this machine is. A node that proved itself and was forgotten proves itself again; a revoked one stays revoked. */
import { isProblem } from '@fairlead/contract/problems'
import type { NodeIdentity } from '../channel/node-identity.ts'

export interface NodeLife {
  readonly run: (identity: NodeIdentity) => Promise<void>
  /** `cloud`: the name of the cloud that it proved itself to. */
  readonly joinAnew: (forgotten: NodeIdentity, cloud: string) => Promise<NodeIdentity>
}

export async function liveAsNode(identity: NodeIdentity, { run, joinAnew }: NodeLife): Promise<void> {
  for (let own = identity; ;) {
    try {
      return await run(own)
    } catch (error) {
      if (!isProblem(error, 'NODE_FORGOTTEN') || own.cloud === null) throw error
      own = await joinAnew(own, own.cloud)
    }
  }
}
