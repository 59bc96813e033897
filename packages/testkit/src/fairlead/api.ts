/** Asks the API itself. To watch for a change, a command each time would take the processor that the change needs. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import type { FairleadServe } from './fairlead-serve.ts'

/** `path` begins with `/api/v1`. Anything but 200 is an error. */
export async function getFromApi(
  { origin, adminToken, caFile }: Pick<FairleadServe, 'origin' | 'adminToken' | 'caFile'>,
  path: string,
): Promise<unknown> {
  const dispatcher = new Agent({ ...(caFile !== null && { connect: { ca: await readFile(caFile, 'utf8') } }) })
  try {
    const headers = { authorization: `Bearer ${adminToken}` }
    const { statusCode, body } = await request(new URL(path, origin), { dispatcher, headers })
    const answer = await body.json()
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${JSON.stringify(answer)}`)
    return answer
  } finally {
    await dispatcher.close()
  }
}
