/** Asks the API itself, as the first admin. To watch for a change, a command each time would take the processor that the change needs. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'

/** Of one process or several, or of a control plane in this process. */
export interface ApiAccess {
  readonly origin: string
  readonly adminToken: string | null
  readonly caFile: string | null
}

/** The whole answer. `path` comes after `/api/v1`. */
export const getFromApi = (at: ApiAccess, path: string): Promise<unknown> => ask(at, 'GET', path)

/** The `result` in the answer. */
export async function postToApi<Result = { readonly id: string }>(
  at: ApiAccess,
  path: string,
  body: object = {},
): Promise<Result> {
  return ((await ask(at, 'POST', path, JSON.stringify(body))) as { readonly result: Result }).result
}

/** A refusal is an error. */
async function ask(
  { origin, adminToken, caFile }: ApiAccess,
  method: 'GET' | 'POST',
  path: string,
  body?: string,
): Promise<unknown> {
  const dispatcher = new Agent({ ...(caFile !== null && { connect: { ca: await readFile(caFile, 'utf8') } }) })
  try {
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
    const sent = { dispatcher, method, headers, ...(body !== undefined && { body }) }
    const answer = await request(new URL(`/api/v1${path}`, origin), sent)
    const said = await answer.body.json()
    if (answer.statusCode >= 300) {
      throw new Error(`${method} ${path} answered ${answer.statusCode}: ${JSON.stringify(said)}`)
    }
    return said
  } finally {
    await dispatcher.close()
  }
}
