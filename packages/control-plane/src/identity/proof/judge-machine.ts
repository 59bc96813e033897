/**
 * Whether a machine that its cloud vouches for may join the requested cloud (S18). A machine from an account, project or cluster that no cloud of this
 * control plane uses gets one answer, whatever it asked for; a machine from a known one learns what is wrong. Pure.
 */
import { partitionOfRegion, type Partition } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { nodeRoleOf, type ProvenJoinRequest } from '@fairlead/contract/wire'
import type { CloudRecord } from '../../store/records.ts'
import { judgeCallerIdentity, refused } from './aws-caller-identity.ts'
import { judgeGoogleMachine } from './gcp-identity-token.ts'
import { judgePod } from './pod-token.ts'
import type { ProvenMachine } from './proven-machine.ts'
import type { Vouched } from './vouch.ts'

const stranger = () => refused('no cloud here takes the machines of its account, project or cluster')

/** If no cloud accepts such proofs, the provider is not asked: never a host of a partition that none of them uses, and another company may run. */
export function requireTakers(request: ProvenJoinRequest, clouds: readonly CloudRecord[]): void {
  const partition = request.provider === 'aws' ? partitionOfRegion(request.proof.region) : null
  const takes = (cloud: CloudRecord) => {
    if (cloud.join !== 'proof') return false
    if (request.provider === 'kubernetes') return cloud.kubernetes !== null
    return cloud.provider === request.provider && (cloud.provider === 'gcp' || partitionOf(cloud) === partition)
  }
  if (!clouds.some(takes)) throw stranger()
}

/** `wanted` is null if no cloud has the requested name. Throws NODE_PROOF_REFUSED, JOIN_BY_TOKEN or JOIN_PROVIDER_DIFFERS. */
export function judgeMachine(
  vouched: Vouched,
  wanted: CloudRecord | null,
  clouds: readonly CloudRecord[],
): { readonly cloud: CloudRecord; readonly machine: ProvenMachine } {
  if (!clouds.some((cloud) => isOfSameAccount(cloud, vouched))) throw stranger()
  if (wanted === null) throw refused('there is no cloud of the name that was asked for')
  if (vouched.provider === 'kubernetes') {
    return { cloud: wanted, machine: judgePod(vouched.pod, wanted, vouched.standsFor) }
  }
  if (wanted.provider !== vouched.provider) throw refused('it is of another provider than the cloud')
  if (wanted.join !== 'proof') throw problem('JOIN_BY_TOKEN', { name: wanted.name })
  return { cloud: wanted, machine: machineOf(vouched, wanted) }
}

function machineOf(vouched: Exclude<Vouched, { provider: 'kubernetes' }>, wanted: CloudRecord): ProvenMachine {
  const role = nodeRoleOf(wanted)
  if (vouched.provider === 'aws' && wanted.account_id !== null && role !== null) {
    if (partitionOf(wanted) !== vouched.partition) throw refused('it is of another partition of AWS')
    return judgeCallerIdentity(vouched.caller, {
      partition: vouched.partition,
      account: wanted.account_id,
      role: role.split('/').at(-1) ?? role,
      roleId: wanted.role_id,
    })
  }
  if (vouched.provider === 'gcp' && wanted.project_id !== null && role !== null) {
    return judgeGoogleMachine(vouched.machine, { projectId: wanted.project_id, account: role })
  }
  // A cloud that does not say where it is cannot judge any machine.
  throw problem('JOIN_BY_TOKEN', { name: wanted.name })
}

function isOfSameAccount(cloud: CloudRecord, vouched: Vouched): boolean {
  if (vouched.provider === 'kubernetes') return vouched.pod.clouds.has(cloud.id)
  if (cloud.provider !== vouched.provider) return false
  if (vouched.provider === 'gcp') return cloud.project_id === vouched.machine.project
  return cloud.account_id === vouched.caller.account && partitionOf(cloud) === vouched.partition
}

const partitionOf = ({ partition }: CloudRecord): Partition => partition ?? 'aws'
