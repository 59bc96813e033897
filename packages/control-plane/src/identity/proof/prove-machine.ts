/** Asks the cloud whether a machine is what it says (S18). */
import {
  joinAudience,
  joinBinding,
  nodeRoleOf,
  partitionOfRegion,
  problem,
  type ProvenJoinRequest,
} from '@fairlead/contract'
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import type { CloudRecord } from '../../store/records.ts'
import { isFresh, judgeCallerIdentity, readCallerIdentity, refused, stsRequest } from './aws-caller-identity.ts'
import { callCloud, unreachable, type ConnectTo } from './cloud-call.ts'
import { googleKeysUrl, judgeIdentityToken } from './gcp-identity-token.ts'
import type { ProvenMachine } from './proven-machine.ts'

export type ProveMachine = (request: ProvenJoinRequest, cloud: CloudRecord, now: number) => Promise<ProvenMachine>

export function createProveMachine({ origin, connectTo }: { origin: string; connectTo: ConnectTo }): ProveMachine {
  const keys = googleKeys(connectTo)
  return async (request, cloud, now) => {
    const expected = expectedOf(cloud)
    const binding = await joinBinding({
      nonce: request.nonce,
      origin,
      cloudId: cloud.id,
      publicKey: request.public_key,
    })
    if (request.provider === 'gcp' && expected.provider === 'gcp') {
      const audience = joinAudience(binding)
      return judgeIdentityToken(request.proof.identity_token, { ...expected, audience }, keys, now)
    }
    if (request.provider === 'aws' && expected.provider === 'aws') {
      if (!isFresh(request.proof.date, now)) throw refused('it was signed more than five minutes away from now')
      // The machine names the region: never a host of another partition, which another company may run.
      if (partitionOfRegion(request.proof.region) !== expected.partition)
        throw refused('it is of another partition of AWS')
      return judgeCallerIdentity(await askSts(request, binding, connectTo), expected)
    }
    throw refused('it is of another provider than the cloud')
  }
}

type AwsJoin = Extract<ProvenJoinRequest, { provider: 'aws' }>

async function askSts(request: AwsJoin, binding: string, connectTo: ConnectTo) {
  const call = stsRequest(request.proof, binding)
  const { status, text } = await callCloud({ ...call, method: 'POST', path: '/' }, connectTo)
  if (status >= 500 || status === 429) throw unreachable(call.host)
  if (status !== 200) throw refused('AWS does not accept the signature')
  const caller = readCallerIdentity(text)
  if (caller === null) throw unreachable(call.host)
  return caller
}

/** What a cloud must have said of itself before a machine can be judged. */
function expectedOf(cloud: CloudRecord) {
  const role = nodeRoleOf(cloud)
  if (cloud.provider === 'aws' && cloud.account_id !== null && role !== null) {
    const partition = cloud.partition ?? 'aws'
    return {
      provider: 'aws' as const,
      partition,
      account: cloud.account_id,
      role: role.split('/').at(-1) ?? role,
      roleId: cloud.role_id,
    }
  }
  if (cloud.provider === 'gcp' && cloud.project_id !== null && role !== null) {
    return { provider: 'gcp' as const, projectId: cloud.project_id, account: role }
  }
  throw problem('JOIN_BY_TOKEN', { name: cloud.name })
}

/** Google's public keys, fetched when one is needed that is not known, kept for as long as jose thinks right. */
function googleKeys(connectTo: ConnectTo): JWTVerifyGetKey {
  const fetchKeys = async (): Promise<Response> => {
    const path = googleKeysUrl.pathname
    const call = { host: googleKeysUrl.host, method: 'GET', path, headers: {}, body: '' } as const
    const { status, text } = await callCloud(call, connectTo)
    return new Response(text, { status, headers: { 'content-type': 'application/json' } })
  }
  return createRemoteJWKSet(googleKeysUrl, { [customFetch]: fetchKeys })
}
