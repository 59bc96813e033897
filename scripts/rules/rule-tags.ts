/** Finds the rules that a text names by their tags, such as S14 or R4: rules of docs/rules.md. */

/** A tag is a word of its own: not a part of an identifier, a path, a file name or a hyphenated name. */
const tag = /(?<![\w$@#./\\-])[SR]\d{1,2}(?![\w$/\\-]|\.\w)/g

/** Products have these names too (of Amazon, of Cloudflare), so they are tags only where a tag is written, never as a word of a sentence. */
const productNames: ReadonlySet<string> = new Set(['S3', 'R2'])

/** Opens or continues a list of tags: a bracket, a quote, a heading, the opening of a comment, or the tag before. */
const opens = /(?:[('"`]|^#+ |\/\*\* | \* |\/\/ |# |\b[SR]\d{1,2}, )$/
/** Ends the tag: a bracket, a quote, punctuation of a list or a heading's end. */
const ends = /^(?:[)'"`,:;]|$)/m

/** In the order in which they are named, each as often as it is. */
export function ruleTags(text: string): readonly string[] {
  return [...text.matchAll(tag)]
    .filter(({ 0: name, index }) => !productNames.has(name) || standsAsTag(text, index, name))
    .map(([name]) => name)
}

function standsAsTag(text: string, index: number, name: string): boolean {
  const line = text.lastIndexOf('\n', index - 1) + 1
  return opens.test(text.slice(line, index)) && ends.test(text.slice(index + name.length, index + name.length + 1))
}
