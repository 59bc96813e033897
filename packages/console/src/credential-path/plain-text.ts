/** Text from outside, whole, with what is invisible or turns it around made plain. Pure. */
import { printable } from '@fairlead/contract/problems'

/** `printable` cuts what is longer than 200, escaped; but the end of a long host tells whose it is. */
const piece = 10

export function plainText(text: string): string {
  let plain = ''
  for (let at = 0; at < text.length; at += piece) plain += printable(text.slice(at, at + piece))
  return plain
}
