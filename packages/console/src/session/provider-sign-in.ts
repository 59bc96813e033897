/**
 * Signing in at the identity provider: this tab leaves for it and comes back with a code. Meanwhile the tab's own session storage keeps what only it
 * must know, so that a code which another tab or site obtained is of no use here.
 */
import { problem } from '@fairlead/contract/problems'
import type { BrowserSignIn, CreatedApiToken, FinishBrowserSignIn } from '@fairlead/contract/wire'
import { z } from 'zod'
import { callbackPath } from './callback-path.ts'
import { clientWith } from './client.ts'

const key = 'fairlead.sign-in'

/** No browser reads it as a page elsewhere: they drop tabs and line breaks, and take `//` or `/\` as the beginning of a host. */
const ownPage = /^\/(?![/\\])[^\t\n\r]*$/

const Kept = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  code_verifier: z.string(),
  /** The page to return to. */
  page: z.string().regex(ownPage),
})

/** How a tab came back: with an answer to its own question, or with one that it did not ask. */
export type Arrival = { readonly kind: 'answered'; readonly answer: FinishBrowserSignIn } | { readonly kind: 'unasked' }

type Place = Pick<Location, 'pathname' | 'search' | 'hash'>

export function keepQuestion({ state, nonce, code_verifier }: BrowserSignIn, { pathname, search, hash }: Place): void {
  const left = pathname === callbackPath ? '/' : `${pathname}${search}${hash}`
  const page = ownPage.test(left) ? left : '/'
  sessionStorage.setItem(key, JSON.stringify({ state, nonce, code_verifier, page }))
}

/** Once when the page loads: the code leaves the address bar and the history before anything else runs. Null on every other page. */
export function readArrival({ pathname, search }: Place, replaceUrl: (url: string) => void): Arrival | null {
  if (pathname !== callbackPath) return null
  const kept = Kept.safeParse(parseJson(sessionStorage.getItem(key)))
  sessionStorage.removeItem(key)
  replaceUrl(kept.data?.page ?? '/')
  if (!kept.success) return { kind: 'unasked' }
  const { page: _, ...question } = kept.data
  return { kind: 'answered', answer: { callback: search, ...question } }
}

export async function leaveForProvider(): Promise<void> {
  const started = await clientWith().signIn.startBrowser()
  const url = URL.parse(started.authorization_url)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw problem('CONTROL_PLANE_ANSWER_INVALID', { host: location.host })
  }
  keepQuestion(started, location)
  location.assign(url.href)
}

export async function finishSignIn(arrival: Arrival): Promise<CreatedApiToken> {
  if (arrival.kind === 'unasked') throw problem('SIGN_IN_ANSWER_INVALID')
  return clientWith().signIn.finishBrowser(arrival.answer)
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
