/** Sentences of our own that quote what came from outside: escaped like everything, but not cut as short. */
import { printable } from '@fairlead/contract/problems'

const longest = 2000

export function printableText(text: string): string {
  const parts = text.slice(0, longest).match(/.{1,30}/gsu) ?? []
  return parts.map((part) => printable(part)).join('')
}
