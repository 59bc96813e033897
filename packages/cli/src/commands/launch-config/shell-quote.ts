/** One word of a POSIX shell, whatever it holds: nothing in it is expanded, split or run. */

const plain = /^[A-Za-z0-9_.,:/@%+=-]+$/

export function shellQuote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** A command line of which every word arrives as it is here. */
export const shellCommand = (...words: readonly string[]): string => words.map(shellQuote).join(' ')
