/** Answers a kubelet's request: the login for one image, or a ticket for its door; and for which images and how long the kubelet may use it. */
import { registryOf, type ImageReference } from '@fairlead/contract/names'
import type { AnsweredDoor, AnswerParts } from '../door.ts'
import { loginForEngine } from '../engine-login.ts'
import { entryForPod, type LoginMap, type LoginMapEntry } from '../login-map.ts'
import { formatProviderResponse, type ProviderAnswer, type ProviderRequest } from './provider-request.ts'
import { ticketUser } from '../pods/ticket.ts'

/** As long as the agent caches a secret; after that a rotation is noticed. */
const keepSeconds = 300

export async function answerRequest(
  { image, account }: ProviderRequest,
  { maps, openLogins, giveTicket }: AnswerParts,
  signal: AbortSignal,
): Promise<AnsweredDoor> {
  const respond = (answer: ProviderAnswer) => ({ stdout: formatProviderResponse(answer), stderr: '', status: 0 })
  const registry = registryOf(image).key
  // The door then judges the pod, and refuses it in words that the pod's events show.
  const isNamed = maps.flat().some(({ registryKey }) => registryKey === registry)
  const ticket = isNamed ? await giveTicket(image, account) : null
  if (ticket !== null) {
    const auth = { match: matchFor(image, false), username: ticketUser, password: ticket }
    return {
      answer: respond({ cacheKeyType: 'Image', keepSeconds: 0, auth }),
      decision: { decision: 'ticket', secret: null, version: null },
    }
  }
  const entry = maps.map((map) => entryForPod(map, image, account)).find((found) => found !== null)
  // Not cached, so that a changed map or registry is noticed at the next pull.
  const none = { cacheKeyType: 'Image', keepSeconds: 0, auth: null } as const
  if (!entry) {
    return { answer: respond(none), decision: { decision: 'not_mapped', secret: null, version: null } }
  }
  const found = await loginForEngine(image, entry, await openLogins(), signal)
  if (found === null) {
    return { answer: respond(none), decision: { decision: 'not_needed', secret: entry.secret, version: null } }
  }
  const isForAll = found.servesWholeRegistry && !isDivided(maps, entry)
  const auth = found.login.username.spend((username) =>
    found.login.password.spend((password) => ({ match: matchFor(image, isForAll), username, password })),
  )
  return {
    answer: respond({ cacheKeyType: isForAll ? 'Registry' : 'Image', keepSeconds, auth }),
    decision: { decision: 'answered', secret: entry.secret, version: found.version },
  }
}

/** If the repositories of a registry have their own logins, one answer must not serve them all. */
function isDivided(maps: readonly LoginMap[], { registryKey }: LoginMapEntry): boolean {
  return maps.flat().some((entry) => entry.registryKey === registryKey && entry.path.length > 0)
}

/**
 * The kubelet matches a path as a text prefix, so it is the whole repository or none; and it drops one leading `v1/` or `v2/`, as from the address
 * of a registry, so that a repository below such a name needs it twice.
 */
function matchFor({ domain, path }: ImageReference, isForAll: boolean): string {
  return isForAll ? domain : `${domain}/${path.replace(/^v[12]\//, '$&$&')}`
}
