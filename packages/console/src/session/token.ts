/**
 * The token of this tab: in its session storage, so that it ends with the tab. A cookie would be sent to every port of the host, and Ray's
 * dashboard uses one of them. A mark that changes with each sign-out is shared by all tabs and outlives them: a token that was kept
 * under another mark is no longer valid, even in a tab that slept meanwhile or showed another site.
 */
import { apiTokenPattern } from '@fairlead/contract/wire'

const tokenKey = 'fairlead.token'
const signOutKey = 'fairlead.sign-out'

export function readToken(): string | null {
  const found = sessionStorage.getItem(tokenKey)
  const isKept = found !== null && (sessionStorage.getItem(signOutKey) ?? '') === lastSignOut()
  if (isKept && apiTokenPattern.test(found)) return found
  forgetToken()
  return null
}

export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token)
  sessionStorage.setItem(signOutKey, lastSignOut())
}

export function forgetToken(): void {
  sessionStorage.removeItem(tokenKey)
  sessionStorage.removeItem(signOutKey)
}

/** Empty before the first sign-out. */
export function lastSignOut(): string {
  return localStorage.getItem(signOutKey) ?? ''
}

export function signOutEverywhere(): void {
  forgetToken()
  localStorage.setItem(signOutKey, crypto.randomUUID())
}

/** Calls `onSignOut` when another tab signs out. */
export function watchSignOut(onSignOut: () => void): () => void {
  const look = ({ key }: StorageEvent) => {
    if (key === signOutKey || key === null) onSignOut()
  }
  addEventListener('storage', look)
  return () => removeEventListener('storage', look)
}
