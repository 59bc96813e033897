/** An English word, rather than the name of a file, a host or a field, which stays unchanged. */
const startsWithWord = /^[a-z]+[,;:]?(?:\s|$)/

/** A clause from the contract as a complete sentence. */
export function sentence(text: string): string {
  const begun = startsWithWord.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
  return begun + (/[.!?]$/.test(text) ? '' : '.')
}
