/** Outside text in full, with invisible and reversing characters made visible. Pure. */
import { printable } from '@fairlead/contract/problems'

/** `printable` cuts text longer than 200, escaped; but the end of a long host shows who owns it. */
const piece = 10

export function plainText(text: string): string {
  let plain = ''
  for (let at = 0; at < text.length; at += piece) plain += printable(text.slice(at, at + piece))
  return plain
}
