/** A pod's service account token, with the claims of a real one and no valid signature, which nothing here verifies. */
import { tokenAudience, type ServiceAccount } from '../pods/service-account.ts'

export function podToken(
  { namespace, name }: ServiceAccount,
  { now = Date.now(), claims = {} }: { readonly now?: number; readonly claims?: object } = {},
): string {
  const seconds = Math.floor(now / 1000)
  const all = {
    aud: [tokenAudience],
    exp: seconds + 3600,
    iat: seconds,
    iss: 'https://kubernetes.default.svc.cluster.local',
    'kubernetes.io': {
      namespace,
      node: { name: 'node1', uid: 'c0a1' },
      pod: { name: 'worker-0', uid: 'c0a2' },
      serviceaccount: { name, uid: 'c0a3' },
    },
    nbf: seconds,
    sub: `system:serviceaccount:${namespace}:${name}`,
    ...claims,
  }
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(all)}.c2lnbmF0dXJl`
}
