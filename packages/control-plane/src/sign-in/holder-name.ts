/** What people know the holder of a session by. It is shown, and decides nothing. */
import { HolderName, holdsToken } from '@fairlead/contract/names'
import type { Claims } from './access-rules.ts'

const longest = 128

/** The first of these claims that has a usable value, limited to the characters that a name may have. */
export function holderName(claims: Claims, wanted: readonly string[]): string {
  const texts = wanted.map((name) => (Object.hasOwn(claims, name) ? claims[name] : null))
  const names = texts.flatMap((text) => (typeof text === 'string' && text !== '' ? [inNameForm(text)] : []))
  return names.find((name) => !holdsToken(name)) ?? 'unnamed'
}

function inNameForm(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9._@+/:-]/gu, '-').slice(0, longest)
  return HolderName.parse(name)
}
