/** Answers, compressed on Node's thread pool for clients that ask for it. Only what shows nobody a secret gets here (`showsSecrets` of a route). */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** Below this, little is saved. */
const leastLength = 1024
/** A page of pull records becomes an eighth; level 6 makes it a ninth in twice the time. */
const level = 3

const compress = promisify(gzip)

export async function compressedWhereAccepted(
  text: string,
  init: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  accepted: string | undefined,
): Promise<Response> {
  const headers = { ...init.headers, vary: 'accept-encoding' }
  if (text.length < leastLength || !acceptsEncoding(accepted, 'gzip')) return new Response(text, { ...init, headers })
  const bytes = await compress(text, { level })
  return new Response(bytes, { ...init, headers: { ...headers, 'content-encoding': 'gzip' } })
}

/** `*` is not read: whoever wants an encoding can name it. */
export function acceptsEncoding(header: string | undefined, encoding: string): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return name === encoding && !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter))
  })
}
