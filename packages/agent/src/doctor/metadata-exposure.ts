/**
 * What the answers of metadata services mean to a pod: whether it can act as its node. Pure. A connection proves nothing: behind a hop limit of 1, AWS
 * accepts it, and its answer with a token does not arrive.
 */

/** Null: no answer arrived. `unreadable`: one that is too large or encoded. */
export type MetadataAnswer = { readonly status: number; readonly text: string } | 'unreadable' | null

/** Whose identity is handed out. `node` also if the answer has a form that this version does not know. */
export type Exposure =
  | { readonly whose: 'node'; readonly by: NodeIdentitySource }
  | { readonly whose: 'pod' }
  | { readonly whose: 'nobody' }

type NodeIdentitySource = 'IMDSv1' | 'IMDSv2' | "Google's metadata server"

const nobody: Exposure = { whose: 'nobody' }
const node = (by: NodeIdentitySource): Exposure => ({ whose: 'node', by })

/** What AWS gave to open a session, fit for a header; null: nothing. */
export function sessionToken(answer: MetadataAnswer): string | null {
  if (answer === 'unreadable' || answer?.status !== 200) return null
  return /^[A-Za-z0-9+/=_-]{16,1024}$/.exec(answer.text.trim())?.[0] ?? null
}

/** `withoutSession` and `inSession`: which role the machine has. `session`: the answer with a token; without one fit for use, null in it. */
export function judgeAws(withoutSession: MetadataAnswer, session: MetadataAnswer, inSession: MetadataAnswer): Exposure {
  if (isGiven(withoutSession)) return node('IMDSv1')
  if (!isGiven(session)) return nobody
  // Whoever got a token is near enough, whatever became of the question after it. 404: the machine has no role.
  return inSession !== null && inSession !== 'unreadable' && inSession.status === 404 ? nobody : node('IMDSv2')
}

/** With GKE's Workload Identity, a pod has the name of its pool, or is named in full if its service account is annotated so. */
const ofPod = /^(?:[a-z0-9.:-]{1,128}\.(?:svc|workload)\.id\.goog|principal:\/\/iam\.googleapis\.com\/[\w./:-]{1,512})$/

/** The email of the default service account. */
export function judgeGoogle(email: MetadataAnswer): Exposure {
  if (!isGiven(email)) return nobody
  return email !== 'unreadable' && ofPod.test(email.text.trim()) ? { whose: 'pod' } : node("Google's metadata server")
}

/** One way to the node's identity is enough. */
export function exposureOfAll(found: readonly Exposure[]): Exposure {
  const by = (whose: Exposure['whose']) => found.find((one) => one.whose === whose)
  return by('node') ?? by('pod') ?? nobody
}

const isGiven = (answer: MetadataAnswer): answer is Exclude<MetadataAnswer, null> =>
  answer === 'unreadable' || answer?.status === 200
