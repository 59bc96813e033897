/** Asks the cloud or the cluster what a machine is (S18), in the same way whichever of our clouds it wants to join: a rejected caller learns nothing about those. */
import { partitionOfRegion, type Partition } from '@fairlead/contract/names'
import { joinAudience, joinBinding, type ProvenJoinRequest } from '@fairlead/contract/wire'
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../clock.ts'
import type { CloudRecord } from '../../store/records.ts'
import { isFresh, readCallerIdentity, refused, stsRequest, type CallerIdentity } from './aws-caller-identity.ts'
import { callCloud, unreachable, type ConnectTo } from './cloud-call.ts'
import { googleKeysUrl, readIdentityToken, type GoogleMachine } from './gcp-identity-token.ts'
import { createClusterJudge, readPodToken, type VouchedPod } from './pod-token.ts'

/** What the cloud says, before any comparison. */
export type Vouched =
  | { readonly provider: 'aws'; readonly partition: Partition; readonly caller: CallerIdentity }
  | { readonly provider: 'gcp'; readonly machine: GoogleMachine }
  | { readonly provider: 'kubernetes'; readonly pod: VouchedPod; readonly standsFor: 'node' | 'pod' }

/** `clouds`: all of ours. Throws NODE_PROOF_REFUSED, CLOUD_IDENTITY_UNREACHABLE or CLUSTER_KEYS_UNREACHABLE. */
export type Vouch = (request: ProvenJoinRequest, now: number, clouds: readonly CloudRecord[]) => Promise<Vouched>

interface VouchParts {
  readonly origin: string
  readonly connectTo: ConnectTo
  readonly clock: Clock
}

export function createVouch({ origin, connectTo, clock }: VouchParts): Vouch {
  const keys = googleKeys(connectTo)
  const judge = createClusterJudge(clock)
  return async (request, now, clouds) => {
    if (request.provider === 'kubernetes') {
      const pod = await readPodToken(request.proof, { origin, clouds, judge })
      // An agent of a DaemonSet checks builds as well, under the name of its node, which its cluster vouches for.
      const standsFor = request.checker && request.name !== pod.node ? 'pod' : 'node'
      return { provider: 'kubernetes', pod, standsFor }
    }
    const { nonce, cloud_id: cloudId, public_key: publicKey } = request
    const binding = await joinBinding({ nonce, origin, cloudId, publicKey })
    if (request.provider === 'gcp') {
      const machine = await readIdentityToken(request.proof.identity_token, joinAudience(binding), keys, now)
      return { provider: 'gcp', machine }
    }
    if (!isFresh(request.proof.date, now)) throw refused('it was signed more than five minutes away from now')
    const partition = partitionOfRegion(request.proof.region)
    if (partition === null) throw new TypeError('the schema knows the regions')
    return { provider: 'aws', partition, caller: await askSts(request, binding, connectTo) }
  }
}

type AwsJoin = Extract<ProvenJoinRequest, { provider: 'aws' }>

async function askSts(request: AwsJoin, binding: string, connectTo: ConnectTo): Promise<CallerIdentity> {
  const call = stsRequest(request.proof, binding)
  const { status, text } = await callCloud({ ...call, method: 'POST', path: '/' }, connectTo)
  if (status >= 500 || status === 429) throw unreachable(call.host)
  if (status !== 200) throw refused('AWS does not accept the signature')
  const caller = readCallerIdentity(text)
  if (caller === null) throw unreachable(call.host)
  return caller
}

/** Google's public keys, fetched when an unknown one is needed, kept for as long as jose decides. */
function googleKeys(connectTo: ConnectTo): JWTVerifyGetKey {
  const fetchKeys = async (): Promise<Response> => {
    const path = googleKeysUrl.pathname
    const call = { host: googleKeysUrl.host, method: 'GET', path, headers: {}, body: '' } as const
    const { status, text } = await callCloud(call, connectTo)
    return new Response(text, { status, headers: { 'content-type': 'application/json' } })
  }
  return createRemoteJWKSet(googleKeysUrl, { [customFetch]: fetchKeys })
}
