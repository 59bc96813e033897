/** Reads the comments above the fields of a zod object and above the methods of a class: references print the sentence that editors show. Pure. */

export interface Documented {
  /** `containers.gpus` for a field of a field. */
  readonly name: string
  readonly comment: string | null
}

/** The comment above `export const NAME` or `export class NAME`. */
export function commentOf(source: string, name: string): string | null {
  const lines = source.split('\n')
  const at = lines.findIndex((line) => new RegExp(`^export (?:const|class|interface|type) ${name}\\b`).test(line))
  return at === -1 ? null : commentAbove(lines, at)
}

/** The fields of `export const NAME = z.object({ … })`, in order. */
export function fieldsOf(source: string, name: string): readonly Documented[] {
  const parents: { indent: number; name: string }[] = []
  return body(source, new RegExp(`^export const ${name} = z`)).flatMap(({ line, index, lines }) => {
    const [, space = '', field] = /^( +)([a-z_]\w*)(?::|,$)/.exec(line) ?? []
    if (field === undefined) return []
    while ((parents.at(-1)?.indent ?? -1) >= space.length) parents.pop()
    const path = [...parents.map((parent) => parent.name), field].join('.')
    parents.push({ indent: space.length, name: field })
    return [{ name: path, comment: commentAbove(lines, index) }]
  })
}

/** The public methods of `export class NAME`, in order. */
export function methodsOf(source: string, name: string): readonly (Documented & { readonly signature: string })[] {
  return body(source, new RegExp(`^export class ${name}\\b`)).flatMap(({ line, index, lines }) => {
    const [, method] = /^ {2}(?:async )?\*?([a-z]\w*)(?:<[^(]*>)?\(/.exec(line) ?? []
    if (method === undefined || method === 'constructor') return []
    const end = lines.findIndex((text, at) => at >= index && text.endsWith(' {'))
    const signature = lines
      .slice(index, end + 1)
      .map((text) => text.trim())
      .join(' ')
      .replace(/ \{$/, '')
      .replace(/^async /, '')
      .replaceAll(/\( /g, '(')
      .replaceAll(/, \)/g, ')')
    return [{ name: method, comment: commentAbove(lines, index), signature }]
  })
}

/** The lines of a declaration, up to the first one that closes it. */
function body(source: string, start: RegExp): readonly { line: string; index: number; lines: readonly string[] }[] {
  const lines = source.split('\n')
  const first = lines.findIndex((line) => start.test(line))
  if (first === -1) throw new Error(`no declaration matches ${start}`)
  const last = lines.findIndex((line, index) => index > first && /^[)}]/.test(line))
  return lines.slice(first + 1, last).map((line, offset) => ({ line, index: first + 1 + offset, lines }))
}

function commentAbove(lines: readonly string[], index: number): string | null {
  const last = lines[index - 1] ?? ''
  if (!last.trimEnd().endsWith('*/')) return null
  const first = lines.findLastIndex((line, at) => at < index && line.trimStart().startsWith('/**'))
  return lines
    .slice(first, index)
    .map((line) =>
      line
        .trim()
        .replace(/ ?\*\/$/, '')
        .replace(/^\/\*\* ?|^\* ?/, ''),
    )
    .join(' ')
    .trim()
}
