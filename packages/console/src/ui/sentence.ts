/** An English word, not the name of a file, a host or a field, which is written as it is. */
const startsWithWord = /^[a-z]+[,;:]?(?:\s|$)/

/** A clause of the contract as a sentence of its own. */
export function sentence(text: string): string {
  const begun = startsWithWord.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
  return begun + (/[.!?]$/.test(text) ? '' : '.')
}
