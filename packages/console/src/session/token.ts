/** The token of this tab: in its session storage, so that it ends with the tab. A cookie would be sent to every port of the host, and Ray's dashboard lives on one. */
import { apiTokenPattern } from '@fairlead/contract'

const key = 'fairlead.token'

export function readToken(): string | null {
  const found = sessionStorage.getItem(key)
  return found !== null && apiTokenPattern.test(found) ? found : null
}

export function keepToken(token: string): void {
  sessionStorage.setItem(key, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(key)
}
