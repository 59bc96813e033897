/** One word of a POSIX shell, whatever it contains: nothing in it is expanded, split or run. */

const plain = /^[A-Za-z0-9_.,:/@%+=-]+$/

export function shellQuote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** A command line whose words all arrive unchanged. */
export const shellCommand = (...words: readonly string[]): string => words.map(shellQuote).join(' ')
