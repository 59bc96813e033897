/** Reads from a token answer what its token may do in one repository, without using the token. */
import { z } from 'zod'
import { parseJson } from '../../process/parse-json.ts'

const Answer = z.looseObject({
  token: z.string().optional().catch(undefined),
  access_token: z.string().optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
})
/** The `access` claim of the distribution project's token specification. */
const Claims = z.looseObject({
  access: z.array(z.looseObject({ type: z.string(), name: z.string(), actions: z.array(z.string()) })).nullable(),
})

/** Null if neither the token nor its answer says: an opaque token is not an error. */
export function grantedActions(bytes: Uint8Array, repository: string): readonly string[] | null {
  const answer = Answer.safeParse(parseJson(bytes))
  if (!answer.success) return null
  const { token, access_token: accessToken, scope } = answer.data
  return claimed(token || accessToken || '', repository) ?? (scope === undefined ? null : scoped(scope, repository))
}

function claimed(token: string, repository: string): readonly string[] | null {
  const [, payload = ''] = token.split('.')
  const claims = Claims.safeParse(parseJson(Buffer.from(payload, 'base64url')))
  if (!claims.success) return null
  const access = claims.data.access ?? []
  return access.flatMap(({ type, name, actions }) => (type === 'repository' && name === repository ? actions : []))
}

/** `repository:team/app:pull,push`, several separated by spaces. */
function scoped(text: string, repository: string): readonly string[] {
  const prefix = `repository:${repository}:`
  return text.split(' ').flatMap((one) => (one.startsWith(prefix) ? one.slice(prefix.length).split(',') : []))
}
