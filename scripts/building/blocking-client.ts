/** The blocking Python client, made from the asyncio one: the same text without `async` and `await`, and with the blocking names. */
import { readFile } from 'node:fs/promises'
import { inRepository } from './programs.ts'

const folder = inRepository('python/fairlead_sdk/src/fairlead_sdk')
export const blockingClientFile = `${folder}/client.py`

// In this order: `async with` before `async`.
const replacements: readonly (readonly [RegExp, string])[] = [
  [/^""".*"""$/m, '"""The blocking client. Generated from async_client.py by scripts/blocking-client.ts."""'],
  [/\ban `async with`/g, 'a `with`'],
  [/\b(?:async|await) /g, ''],
  [/__a(enter|exit)__/g, '__$1__'],
  [/\bAsync(BaseTransport|FairleadSDK|Pages)\b/g, '$1'],
  [/\bAwaitingDriver\b/g, 'BlockingDriver'],
  [/\b_http\.awaiting\b/g, '_http.blocking'],
]

export async function blockingClient(): Promise<string> {
  const source = await readFile(`${folder}/async_client.py`, 'utf8')
  return replacements.reduce((text, [from, to]) => text.replace(from, to), source)
}
