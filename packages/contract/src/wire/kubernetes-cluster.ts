/**
 * A Kubernetes cluster whose pods may join a cloud, and what the token of such a pod must be: a service account token that the kubelet projects into
 * the pod, for this control plane and this cloud alone (ADR 63).
 */
import { z } from 'zod'

const label = '(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const topLabel = '(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const port = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'

/** As in the tokens, letter by letter, and over https, since the keys may be fetched from there. Whatever fits is a URL, so the API document says all of it. */
const ClusterIssuer = z
  .string()
  .max(512)
  .regex(
    new RegExp(
      `^https://(?:(?:${label}\\.)*${topLabel}|${octet}(?:\\.${octet}){3})(?::${port})?(?:/[A-Za-z0-9._~/-]*)?$`,
    ),
    'expected the https URL of the issuer of its tokens',
  )

/** A whole namespace would be more than one person means: whoever may create a pod picks its service account. */
const PodAccount = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
    'expected NAMESPACE/NAME of a service account',
  )

const Base64Url = z.string().regex(/^[A-Za-z0-9_-]{1,2048}$/)
const named = { kid: z.string().min(1).max(256), use: z.literal('sig') }

/** As an API server gives its keys. Closed, so that a private key is refused: it has members that are not among these. */
export const ClusterRsaKey = z.strictObject({
  ...named,
  kty: z.literal('RSA'),
  alg: z.literal('RS256'),
  n: Base64Url,
  e: Base64Url,
})

export const ClusterEcKey = z.strictObject({
  ...named,
  kty: z.literal('EC'),
  alg: z.enum(['ES256', 'ES384', 'ES512']),
  crv: z.enum(['P-256', 'P-384', 'P-521']),
  x: Base64Url,
  y: Base64Url,
})

export const KubernetesCluster = z.strictObject({
  issuer: ClusterIssuer,
  service_accounts: z.array(PodAccount).min(1).max(8),
  /** Its public keys, from `kubectl get --raw /openid/v1/jwks`; null: the control plane fetches them from the issuer. */
  keys: z
    .array(z.discriminatedUnion('kty', [ClusterRsaKey, ClusterEcKey]))
    .min(1)
    .max(16)
    .nullable(),
})
export type KubernetesCluster = z.infer<typeof KubernetesCluster>

/** The longest that a token may be valid: the shortest that Kubernetes issues. */
export const podTokenSeconds = 600

/** Where it is in a pod, unless somebody chose another file. */
export const podTokenFile = '/var/run/secrets/fairlead/token'

/** What a token says whom it is for. */
export const podAudience = (origin: string, cloud: string): string => `${origin}/clouds/${cloud}`
