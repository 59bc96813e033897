/** Finds the commands of ours in a page: those to type, in a block of code, and those that a sentence names. Pure. */

export interface DocumentedCommand {
  /** The words after `fairlead`. */
  readonly words: readonly string[]
  /** In a sentence, or with `…` in it: only its words and flags are meant. */
  readonly isMention: boolean
}

const program = /^(?:\.\/|\/usr\/local\/bin\/)?fairlead(?:-linux-(?:x64|arm64))?$/
/** Words before the program. `env` and the like are not used in the documents. */
const before = /^(?:sudo|npx|\$|-|[A-Z_]+=.*)$/

export function commandsIn(page: string): readonly DocumentedCommand[] {
  const { code, prose } = split(page)
  const typed = joined(code).flatMap(commandsInLine)
  const named = [...prose.join('\n').matchAll(/`([^`\n]+)`/g)].flatMap(([, text = '']) =>
    /^(?:sudo |npx |\.\/)*fairlead\b/.test(text) ? commandsInLine(text) : [],
  )
  return [
    ...typed.map((words) => ({ words, isMention: isPart(words) })),
    ...named.map((words) => ({ words, isMention: true })),
  ]
}

const isPart = (words: readonly string[]): boolean => words.some((word) => word.includes('…') || word.includes('...'))

/** Lines of code, fenced or indented, and the others. */
function split(page: string): { code: string[]; prose: string[] } {
  const code: string[] = []
  const prose: string[] = []
  let isFenced = false
  for (const line of page.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced
    else if (isFenced || /^(?: {4}|\t)/.test(line)) code.push(line)
    else prose.push(line)
  }
  return { code, prose }
}

/** A line that ends in a backslash continues. */
function joined(lines: readonly string[]): readonly string[] {
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
}

/** The commands of ours in one line of a shell. */
function commandsInLine(line: string): readonly (readonly string[])[] {
  // What follows a gap in a list of commands says what they do.
  return segments(line.trim().replace(/\s{3,}\S.*$/, '')).flatMap((words) => {
    const first = words.findIndex((word) => !before.test(word))
    return first !== -1 && program.test(words[first] ?? '') ? [words.slice(first + 1)] : []
  })
}

/** The words between operators, as a shell reads them; `|` within a word is a choice in our usage. */
function segments(line: string): readonly (readonly string[])[] {
  const found: string[][] = [[]]
  const token =
    /\s*(?:(#(?=\s|$).*)|(&&|\|\||;|\|(?=\s|$)|\$\(|\)(?=\s|$)|[0-9]?>+&?\s*\S+|<\s*\S+|&(?=\s|$))|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;|&"'\\]|\|(?=\S)|&(?=\S))+))/gy
  for (const [, comment, operator, word] of line.trim().matchAll(token)) {
    if (comment !== undefined) break
    if (operator !== undefined) {
      if (!/[<>]/.test(operator)) found.push([])
    } else if (word !== undefined) found.at(-1)?.push(unquoted(word))
  }
  return found
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, escaped?: string) => double ?? single ?? escaped ?? '',
  )
}
