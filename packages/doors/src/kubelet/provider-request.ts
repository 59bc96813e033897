/**
 * The kubelet's CredentialProviderRequest and CredentialProviderResponse, credentialprovider.kubelet.k8s.io/v1. A request may include the token of
 * the pod's service account (KEP-4412); it says who asks, and is neither stored nor sent on.
 */
import { parseImageReference, type ImageReference } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { parseJson } from '@fairlead/credential-path/process/parse-json'
import { z } from 'zod'
import { serviceAccountIn, type ServiceAccount } from '../pods/service-account.ts'

export const apiVersion = 'credentialprovider.kubelet.k8s.io/v1'

/** Fields of later Kubernetes versions are accepted. */
const Request = z.looseObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('CredentialProviderRequest'),
  image: z.string().min(1).max(4096),
  serviceAccountToken: z.string().optional(),
})

export interface ProviderRequest {
  readonly image: ImageReference
  /** Of the pod; null for a static pod, and if the kubelet is not told to send tokens. */
  readonly account: ServiceAccount | null
}

/** Throws KUBELET_REQUEST_INVALID without repeating anything from the request. */
export function parseProviderRequest(text: string, now = Date.now()): ProviderRequest {
  const json = parseJson(text)
  if (json === undefined) throw invalid('it is not JSON')
  const parsed = Request.safeParse(json)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.map(String).join('.') || 'it'
    throw invalid(`${field} is not as in ${apiVersion}`)
  }
  const { image, serviceAccountToken = '' } = parsed.data
  const account = serviceAccountToken === '' ? null : serviceAccountIn(serviceAccountToken, now)
  return { image: imageIn(image), account }
}

function imageIn(text: string): ImageReference {
  try {
    return parseImageReference(text)
  } catch (error) {
    if (isProblem(error)) throw invalid('image is not the name of an image')
    throw error
  }
}

function invalid(reason: string): Problem {
  return problem('KUBELET_REQUEST_INVALID', { reason })
}

/**
 * The scope of a cached answer: one image's repository, or the whole registry. The kubelet keeps the answers for each service account apart, as
 * `cacheType` in its configuration says; an answer with a field for that is none to it, since it refuses fields that it does not know.
 */
export type CacheKeyType = 'Image' | 'Registry'

export interface ProviderAnswer {
  readonly cacheKeyType: CacheKeyType
  readonly keepSeconds: number
  /** Null if there is no login for the image; the kubelet then continues without one. */
  readonly auth: { readonly match: string; readonly username: string; readonly password: string } | null
}

export function formatProviderResponse({ cacheKeyType, keepSeconds, auth }: ProviderAnswer): string {
  const response = {
    apiVersion,
    kind: 'CredentialProviderResponse',
    cacheKeyType,
    cacheDuration: `${keepSeconds}s`,
    auth: auth && { [auth.match]: { username: auth.username, password: auth.password } },
  }
  return `${JSON.stringify(response)}\n`
}
