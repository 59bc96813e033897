/** Our own sentences that quote outside text: escaped like everything, but with a longer limit. */
import { printable } from '@fairlead/contract/problems'

const longest = 2000

export function printableText(text: string): string {
  const parts = text.slice(0, longest).match(/.{1,30}/gsu) ?? []
  return parts.map((part) => printable(part)).join('')
}
