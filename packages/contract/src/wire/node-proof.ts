/**
 * How a machine proves what it is without a shared token (S18): its cloud vouches for it, for this join only. The proof is bound to a nonce, to the
 * control plane's origin, to the cloud and to the node's new key, so it is worthless anywhere else. That of a pod exists before the join, so it is
 * bound to origin and cloud alone (ADR 63).
 */
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { CloudId } from '../names/id.ts'
import { Name, Timestamp } from '../names/name.ts'
import { Provider } from '../names/provider.ts'
import { partitionOfRegion } from '../names/region-table.ts'

/** Raw Ed25519 public key, 32 bytes, base64url without padding. */
export const NodePublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

export const JoinNonce = z.string().regex(/^[A-Za-z0-9_-]{43,128}$/)

/** Requests a nonce. Any name gets one. */
export const AskToJoin = z.strictObject({ cloud: Name })

export const JoinChallenge = z.object({
  nonce: JoinNonce,
  /** Represents the cloud in this join only: an id that belongs to no cloud, so it reveals none (ADR 26). */
  cloud_id: CloudId,
  /** The control plane's own name for itself; a node that knows it by another name does not prove itself there. */
  origin: z.string(),
  expires_at: Timestamp,
})
export type JoinChallenge = z.infer<typeof JoinChallenge>

/**
 * A signature (SigV4) over the one `sts:GetCallerIdentity` request that both sides can build, field by field in a strict grammar: the control plane
 * builds the request from them, so it can contain nothing else.
 */
export const AwsJoinProof = z.strictObject({
  region: z
    .string()
    .max(32)
    .refine((region) => partitionOfRegion(region) !== null, 'expected a region of AWS that this version knows'),
  access_key_id: z.string().regex(/^ASIA[A-Z0-9]{12,124}$/, 'expected the temporary credentials of a role'),
  /** `x-amz-date`. */
  date: z.string().regex(/^\d{8}T\d{6}Z$/),
  /** `x-amz-security-token`. */
  security_token: z
    .string()
    .max(8192)
    .regex(/^[A-Za-z0-9+/=_-]+$/),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
})
export type AwsJoinProof = z.infer<typeof AwsJoinProof>

/** A JWT in its compact form. */
const SignedToken = z
  .string()
  .max(8192)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)

/** An identity token from the metadata server, for the audience of this join. */
export const GcpJoinProof = z.strictObject({ identity_token: SignedToken })
export type GcpJoinProof = z.infer<typeof GcpJoinProof>

/** The token that the kubelet projected into the pod: for this control plane and cloud, but made before the join, so that nothing else is in it. */
export const KubernetesJoinProof = z.strictObject({
  service_account_token: SignedToken,
  /** Where the pod reads secrets; it must be the provider of the cloud. */
  cloud_provider: Provider,
})
export type KubernetesJoinProof = z.infer<typeof KubernetesJoinProof>

const joining = {
  nonce: JoinNonce,
  cloud_id: CloudId,
  /** Absent: the instance id that the cloud vouches for, since a scaling group reuses host names. */
  name: Name.optional(),
  checker: z.boolean(),
  public_key: NodePublicKey,
}

export const ProvenJoinRequest = z.discriminatedUnion('provider', [
  z.strictObject({ ...joining, provider: z.literal('aws'), proof: AwsJoinProof }),
  z.strictObject({ ...joining, provider: z.literal('gcp'), proof: GcpJoinProof }),
  z.strictObject({ ...joining, provider: z.literal('kubernetes'), proof: KubernetesJoinProof }),
])
export type ProvenJoinRequest = z.infer<typeof ProvenJoinRequest>

export interface JoinBinding {
  readonly nonce: string
  readonly origin: string
  readonly cloudId: CloudId
  readonly publicKey: string
}

/** J of S18: base64url of the SHA-256 of this join's parameters. Each side computes it from its own knowledge. */
export async function joinBinding({ nonce, origin, cloudId, publicKey }: JoinBinding): Promise<string> {
  const key_thumbprint = await sha256(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x: publicKey }))
  return sha256(canonicalJson({ cloud_id: cloudId, key_thumbprint, nonce, origin }))
}

/** The audience of an identity token with J in it. */
export const joinAudience = (binding: string): string => `fairlead-join:${binding}`

/** The request that AWS nodes sign: a POST to the region's STS, with exactly these headers signed, in this order. */
export const stsJoinRequest = {
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
  contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  bindingHeader: 'x-fairlead-join',
  signedHeaders: ['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-fairlead-join'],
} as const

/** Where that request goes, from the static table of regions (S21); null for an unknown region. */
export function stsHost(region: string): string | null {
  const partition = partitionOfRegion(region)
  return partition === null ? null : `sts.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}

/** RFC 7638 and S18 both require base64url without padding. */
async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
