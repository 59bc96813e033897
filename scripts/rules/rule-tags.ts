/** Finds the rules that a text names by tag, such as S14 or R4: rules in docs/rules.md. */

/** A tag is a separate word: not part of an identifier, a path, a file name or a hyphenated name. */
const tag = /(?<![\w$@#./\\-])[SR]\d{1,2}(?![\w$/\\-]|\.\w)/g

/** Products (from Amazon, from Cloudflare) have these names too, so they are tags only where tags are written, never as a word in a sentence. */
const productNames: ReadonlySet<string> = new Set(['S3', 'R2'])

/** Opens or continues a list of tags: a bracket, a quote, a heading, the start of a comment, or the previous tag. */
const opens = /(?:[('"`]|^#+ |\/\*\* | \* |\/\/ |# |\b[SR]\d{1,2}, )$/
/** Ends the tag: a bracket, a quote, list punctuation or the end of a heading. */
const ends = /^(?:[)'"`,:;]|$)/m

/** In order of occurrence, including repeats. */
export function ruleTags(text: string): readonly string[] {
  return [...text.matchAll(tag)]
    .filter(({ 0: name, index }) => !productNames.has(name) || standsAsTag(text, index, name))
    .map(([name]) => name)
}

function standsAsTag(text: string, index: number, name: string): boolean {
  const line = text.lastIndexOf('\n', index - 1) + 1
  return opens.test(text.slice(line, index)) && ends.test(text.slice(index + name.length, index + name.length + 1))
}
