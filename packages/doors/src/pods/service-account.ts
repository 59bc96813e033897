/** A service account of Kubernetes, as the owner's map and a pod's token name it. Pure. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { parseJson } from '@fairlead/credential-path/process/parse-json'
import { z } from 'zod'

export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

/** One service account; or, without a name, every one of the namespace. */
export interface ServiceAccounts {
  readonly namespace: string
  readonly name: string | null
}

/** For which the kubelet must request its tokens, so that a token for anything else is of no use here, nor ours elsewhere. */
export const tokenAudience = 'fairlead-kubelet-credential-provider'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const namespaceForm = new RegExp(`^${label}$`)
const nameForm = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`)

/** `NAMESPACE/NAME`, or `NAMESPACE` alone. Null if it is neither. */
export function parseServiceAccounts(text: string): ServiceAccounts | null {
  const [namespace = '', name = null, ...more] = text.split('/')
  const isValid = namespaceForm.test(namespace) && (name === null || nameForm.test(name)) && more.length === 0
  return isValid ? { namespace, name } : null
}

export function formatServiceAccount({ namespace, name }: ServiceAccount): string {
  return `${namespace}/${name}`
}

/** Kubernetes signs more; what else is there does not matter. */
const Claims = z.looseObject({
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  sub: z.string(),
  'kubernetes.io': z.looseObject({
    namespace: z.string().regex(namespaceForm),
    serviceaccount: z.looseObject({ name: z.string().regex(nameForm) }),
  }),
})

/** Far more than a token has. */
const longestToken = 16 * 1024
const tokenForm = /^[\w-]+\.([\w-]+)\.[\w-]+$/

/**
 * The service account that a pod's token names. Its signature is not verified: only root on this machine gets an answer, and root can read
 * every secret of the map as this node anyway (ADR 64). Throws KUBELET_REQUEST_INVALID, which repeats nothing of the token.
 */
export function serviceAccountIn(token: string, now: number): ServiceAccount {
  const [, payload] = (token.length <= longestToken && tokenForm.exec(token)) || []
  const claims = Claims.safeParse(
    payload === undefined ? null : parseJson(Buffer.from(payload, 'base64url').toString()),
  )
  if (!claims.success) throw invalid('is not the token of a service account')
  const { aud, exp, sub, 'kubernetes.io': of } = claims.data
  const account = { namespace: of.namespace, name: of.serviceaccount.name }
  if (sub !== `system:serviceaccount:${account.namespace}:${account.name}`) throw invalid('names two service accounts')
  if ([aud].flat().join() !== tokenAudience) throw invalid(`is for another audience than ${tokenAudience}`)
  if (now >= exp * 1000) throw invalid('has expired')
  return account
}

function invalid(what: string): Problem {
  return problem('KUBELET_REQUEST_INVALID', { reason: `serviceAccountToken ${what}` })
}
