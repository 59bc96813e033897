/**
 * A pod proves what it is with the service account token that its kubelet projected: signed by its cluster, for this control plane and one of its
 * clouds, and valid for ten minutes (S31). The token is older than the join, so neither nonce nor key are in it: it is good for one join instead.
 */
import { createHash } from 'node:crypto'
import type { CloudId, Provider } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { podAudience, podTokenSeconds, type KubernetesCluster, type KubernetesJoinProof } from '@fairlead/contract/wire'
import { createLocalJWKSet, decodeJwt } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { IdentityProvider, judgeIdToken, type JudgedIdToken } from '../../sign-in/identity-provider.ts'
import type { CloudRecord } from '../../store/records.ts'
import { refused } from './aws-caller-identity.ts'
import type { ProvenMachine, SpentProof } from './proven-machine.ts'

export interface VouchedPod {
  readonly issuer: string
  /** The clouds that name this cluster: its keys, not only its issuer, since two clusters may give themselves one name. */
  readonly clouds: ReadonlySet<CloudId>
  /** The name of the cloud that the token is for. */
  readonly cloud: string
  /** Where the pod reads secrets, in its own words. */
  readonly provider: Provider
  /** NAMESPACE/NAME. */
  readonly account: string
  readonly pod: string
  /** Null before Kubernetes 1.30. */
  readonly node: string | null
  readonly token: SpentProof
}

/** Whether the cluster issued that token for this audience. Throws CLUSTER_KEYS_UNREACHABLE. */
export type ClusterJudge = (cluster: KubernetesCluster, token: string, audience: string) => Promise<JudgedIdToken>

export function createClusterJudge(clock: Clock): ClusterJudge {
  const issuers = new Map<string, IdentityProvider>()
  return async ({ issuer, keys }, token, audience) => {
    const expected = { audience, fromStranger: true }
    if (keys !== null)
      return judgeIdToken(token, { ...expected, issuer, keys: createLocalJWKSet({ keys }), now: clock() })
    const known = issuers.get(issuer) ?? new IdentityProvider(issuer, clock)
    issuers.set(issuer, known)
    try {
      return await known.judge(token, expected)
    } catch (error) {
      throw isProblem(error) ? problem('CLUSTER_KEYS_UNREACHABLE', { host: known.host }) : error
    }
  }
}

/** Asks every cluster of that issuer, whichever cloud is wanted. Throws NODE_PROOF_REFUSED or CLUSTER_KEYS_UNREACHABLE. */
export async function readPodToken(
  { service_account_token: token, cloud_provider: provider }: KubernetesJoinProof,
  { origin, clouds, judge }: { origin: string; clouds: readonly CloudRecord[]; judge: ClusterJudge },
): Promise<VouchedPod> {
  const { issuer, audience } = claimedIn(token)
  const cloud = cloudIn(audience, origin)
  const verified = new Map<CloudId, unknown>()
  const reasons = new Map<string, Problem>()
  for (const { id, name, kubernetes } of clouds) {
    if (kubernetes?.issuer !== issuer) continue
    try {
      const judged = await judge(kubernetes, token, audience)
      if ('claims' in judged) verified.set(id, judged.claims)
      else reasons.set(name, refused(judged.refusedBecause))
    } catch (error) {
      if (!isProblem(error)) throw error
      reasons.set(name, error)
    }
  }
  const [claims] = verified.values()
  if (claims === undefined) {
    const [first] = reasons.values()
    throw reasons.get(cloud) ?? first ?? refused('no cloud here takes the pods of its cluster')
  }
  return {
    issuer,
    clouds: new Set(verified.keys()),
    cloud,
    provider,
    ...podIn(claims),
    token: spentWith(token, claims),
  }
}

/** `standsFor`: the pod itself, or the machine that it runs on. Throws NODE_PROOF_REFUSED or JOIN_PROVIDER_DIFFERS. */
export function judgePod(pod: VouchedPod, wanted: CloudRecord, standsFor: 'node' | 'pod'): ProvenMachine {
  const { kubernetes, id, name, provider } = wanted
  if (kubernetes?.issuer !== pod.issuer || !pod.clouds.has(id)) throw refused('it is of another cluster than the cloud')
  if (pod.cloud !== name) throw refused('its token is for another cloud')
  if (!kubernetes.service_accounts.includes(pod.account)) {
    throw refused('the pod runs as another service account than the cloud takes')
  }
  if (pod.provider !== provider) throw problem('JOIN_PROVIDER_DIFFERS', { provider })
  const principal = principalOf(pod.account)
  const [namespace] = pod.account.split('/')
  // Names: a machine that comes back under its name takes the place of its node, as a pod does that was restarted.
  const machine = standsFor === 'pod' ? `${namespace}/${pod.pod}` : pod.node
  if (machine === null) throw refused('its token does not name the node of the pod, as Kubernetes does since 1.30')
  return {
    identity: { principal, instance: standsFor === 'pod' ? pod.pod : machine },
    instanceKey: `kubernetes:${id}:${pod.issuer}:${standsFor}:${machine}`,
    roleId: null,
    spends: pod.token,
  }
}

/** Before any signature is verified: only says which keys to verify it with. */
function claimedIn(token: string): { readonly issuer: string; readonly audience: string } {
  const claimed = z.object({ iss: z.string(), aud: OneAudience }).safeParse(payloadOf(token))
  if (!claimed.success) throw refused('the token is not that of a pod for one audience')
  return { issuer: claimed.data.iss, audience: claimed.data.aud }
}

const OneAudience = z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)])

function payloadOf(token: string): unknown {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}

function cloudIn(audience: string, origin: string): string {
  const start = podAudience(origin, '')
  if (!audience.startsWith(start)) throw refused(`the audience of its token does not begin with ${start}`)
  return audience.slice(start.length)
}

const Named = z.object({ name: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/) })

/** As Kubernetes binds a token to a pod. A token from a Secret names no pod, and has no end. */
const PodClaims = z.object({
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
  'kubernetes.io': z.object({
    namespace: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
    serviceaccount: Named,
    pod: Named,
    node: Named.optional(),
  }),
})

function podIn(verified: unknown): Pick<VouchedPod, 'account' | 'pod' | 'node'> {
  const claims = PodClaims.safeParse(verified)
  if (!claims.success) throw refused('its token is not bound to a pod')
  const { sub, iat, exp, 'kubernetes.io': bound } = claims.data
  const account = `${bound.namespace}/${bound.serviceaccount.name}`
  if (sub !== principalOf(account)) throw refused('its token contradicts itself')
  if (exp - iat > podTokenSeconds) throw refused(`its token is valid for more than ${podTokenSeconds} seconds`)
  return { account, pod: bound.pod.name, node: bound.node?.name ?? null }
}

const principalOf = (account: string): string => `system:serviceaccount:${account.replace('/', ':')}`

/** By what is signed: the same signature can be written in several ways. */
function spentWith(token: string, claims: unknown): SpentProof {
  const signed = token.slice(0, token.lastIndexOf('.'))
  const { exp } = z.object({ exp: z.number() }).parse(claims)
  return { id: `pod:${createHash('sha256').update(signed).digest('base64url')}`, end: exp * 1000 }
}
