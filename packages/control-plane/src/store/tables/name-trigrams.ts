/** Trigrams of names: what contains a part of a name is found by those of the part, without reading all names. Pure. */
import { sql, type Expression, type SqlBool } from 'kysely'

const letters = 3

/** Each letter with the two that follow it; at the end with fewer. */
export function trigramsOf(name: string): string[] {
  const lower = name.toLowerCase()
  return [...new Set(Array.from(lower, (_, at) => lower.slice(at, at + letters)))]
}

/** Each is met by a trigram of all names with that part, and of others. Names often end with a number: the last ones are likely to be the rarest. */
export function trigramsIn(part: string): Expression<SqlBool>[] {
  const lower = part.toLowerCase()
  const last = lower.length - letters
  if (last < 0) {
    const next = lower.slice(0, -1) + String.fromCharCode(lower.charCodeAt(lower.length - 1) + 1)
    return [sql<SqlBool>`trigram >= ${lower} and trigram < ${next}`]
  }
  const places = Array.from({ length: Math.ceil(lower.length / letters) }, (_, index) =>
    Math.max(last - index * letters, 0),
  )
  return places.map((at) => sql<SqlBool>`trigram = ${lower.slice(at, at + letters)}`)
}
