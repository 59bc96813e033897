/** Finds the word that was probably meant, by the smallest number of changed letters. */

const longestWord = 64

export function nearestWord<Word extends string>(typed: string, words: readonly [Word, ...Word[]]): Word {
  const text = typed.slice(0, longestWord).toLowerCase()
  let best = words[0]
  for (const word of words) if (distance(text, word) < distance(text, best)) best = word
  return best
}

/** The same, if it is near enough to have been meant: few letters differ, or one word has all letters of the other. */
export function nearWord<Word extends string>(typed: string, words: readonly [Word, ...Word[]]): Word | null {
  const text = typed.slice(0, longestWord).toLowerCase()
  const part = text.length < 3 ? undefined : words.find((word) => word.includes(text) || hasInOrder(text, word))
  if (part !== undefined) return part
  const nearest = nearestWord(typed, words)
  return distance(text, nearest) <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : null
}

function hasInOrder(text: string, letters: string): boolean {
  let found = 0
  for (const letter of text) if (letter === letters[found]) found += 1
  return found === letters.length
}

/** Levenshtein distance: letters to add, drop or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
