/**
 * Docker's credential-helper protocol: one action as argument, its input on standard input, its answer or its error on standard output,
 * status 1 for every error. Docker knows three errors by their exact text.
 */

export const actions = ['store', 'get', 'erase', 'list', 'version'] as const
export type Action = (typeof actions)[number]

/** To Docker this is no error: it goes on without a login. */
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

/** What Docker wants to know about: white space around it does not count, and line breaks in it are dropped, as its own helpers do. */
export function serverIn(input: string): string {
  return input.replaceAll(/\r?\n/g, '').trim()
}

/** host[:port] of what Docker asks for: a registry's name as in an image, or a URL such as `https://index.docker.io/v1/`. */
export function hostIn(server: string): string {
  return server.replace(/^https?:\/\//i, '').split('/', 1)[0] ?? ''
}

/** The error of a `store` whose document lacks something; null where it has all that it needs. The secret in it is not looked at. */
export function storeFault(input: string): string | null {
  let document: unknown
  try {
    document = JSON.parse(input)
  } catch {
    // The parser's message quotes its input, which holds a password.
    return 'the credentials are not JSON'
  }
  const field = (name: string): unknown =>
    typeof document === 'object' && document !== null && Object.hasOwn(document, name)
      ? (document as Record<string, unknown>)[name]
      : undefined
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  if (!isText(field('ServerURL'))) return noServer
  return isText(field('Username')) ? null : noUsername
}
