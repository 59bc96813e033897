/**
 * Docker's credential-helper protocol: the action as an argument, its input on standard input, its answer or error on standard output, status 1 for
 * every error. Docker recognises three errors by their exact text.
 */
import { parseJson, parseJsonObject } from '@fairlead/credential-path/process/parse-json'

export const actions = ['store', 'get', 'erase', 'list', 'version'] as const
export type Action = (typeof actions)[number]

/** Docker does not treat this as an error: it continues without a login. */
export const notFound = 'credentials not found in native keychain'
export const noServer = 'no credentials server URL'
export const noUsername = 'no credentials username'
export const usage = `Usage: docker-credential-fairlead <${actions.join('|')}>`

export function unknownAction(action: string): string {
  return `Unknown credential action \`${action}\``
}

export function isAction(text: string): text is Action {
  return (actions as readonly string[]).includes(text)
}

/**
 * The server Docker asks about: surrounding white space does not count, and line breaks are dropped, as in Docker's own helpers. White space is
 * Unicode's: JavaScript's `trim` also drops a byte order mark.
 */
export function serverIn(input: string): string {
  const line = input.replaceAll(/\r?\n/g, '')
  // From the first to the last character that is none, in linear time.
  return /\P{White_Space}(?:.*\P{White_Space})?/su.exec(line)?.[0] ?? ''
}

/** host[:port] of Docker's request: a registry's name as in an image, or a URL such as `https://index.docker.io/v1/`. */
export function hostIn(server: string): string {
  return server.replace(/^https?:\/\//i, '').split('/', 1)[0] ?? ''
}

/** The error for a `store` whose document is incomplete; null if it is complete. The secret in it is not examined. */
export function storeFault(input: string): string | null {
  if (parseJson(input) === undefined) return 'the credentials are not JSON'
  const { ServerURL: server, Username: user } = parseJsonObject(input) ?? {}
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  if (!isText(server)) return noServer
  return isText(user) ? null : noUsername
}
