/** Parses `WWW-Authenticate` field values (RFC 9110, section 11.6.1) into the challenges that a registry offers. */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** Names in lower case, values unquoted. */
  readonly params: ReadonlyMap<string, string>
  readonly token68: string | null
}

const maxLength = 16 * 1024

const space = /[ \t]*/y
const word = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const token68 = /([A-Za-z0-9._~+/-]+=*)[ \t]*(?=,|$)/y
const quoted = /"((?:[\t \u0021\u0023-\u005b\u005d-\u007e\u0080-\u00ff]|\\[\t \u0021-\u007e\u0080-\u00ff])*)"/y
const paramStart = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*/y

/** One malformed value makes the whole set malformed, so that nothing is sent on a guess. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] | 'malformed' {
  if (headers.reduce((sum, header) => sum + header.length, 0) > maxLength) return 'malformed'
  const all: Challenge[] = []
  for (const header of headers) {
    const challenges = parseHeader(header)
    if (challenges === 'malformed') return 'malformed'
    all.push(...challenges)
  }
  return all
}

interface Open {
  scheme: string
  params: Map<string, string>
  token68: string | null
}

function parseHeader(text: string): readonly Challenge[] | 'malformed' {
  const challenges: Open[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  /** Two challenges may share one value, so a comma does not end a challenge: the next word that is not `name =` does. */
  const element = (): boolean => {
    const param = take(paramStart)
    if (param) return value(challenges.at(-1), param[1] ?? '')
    const scheme = take(word)
    if (!scheme) return false
    const open: Open = { scheme: scheme[0].toLowerCase(), params: new Map(), token68: null }
    challenges.push(open)
    if (take(space)?.[0] === '' || at === text.length || text[at] === ',') return true
    open.token68 = take(token68)?.[1] ?? null
    if (open.token68 !== null) return true
    const first = take(paramStart)
    return first !== null && value(open, first[1] ?? '', true)
  }
  /** A parameter belongs to a challenge that has parameters; after a bare scheme or a token68 it has no owner. */
  const value = (owner: Open | undefined, name: string, first = false): boolean => {
    if (!owner || (!first && owner.params.size === 0) || owner.params.has(name.toLowerCase())) return false
    const found = take(quoted)?.[1]?.replaceAll(/\\(.)/gs, '$1') ?? take(word)?.[0]
    if (found === undefined) return false
    owner.params.set(name.toLowerCase(), found)
    return true
  }

  for (;;) {
    take(space)
    if (at < text.length && text[at] !== ',' && !element()) return 'malformed'
    take(space)
    if (at === text.length) return challenges
    if (text[at] !== ',') return 'malformed'
    at += 1
  }
}
