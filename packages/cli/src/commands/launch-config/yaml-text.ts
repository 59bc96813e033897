/**
 * YAML that Python's reader (1.1), Go's and this program's own (1.2) all parse alike: every text is in double quotes, so that none is read
 * as a number, a date or a yes, and characters outside ASCII are escaped.
 */
import { Document, isMap, isPair, isScalar, type ParsedNode, type Scalar } from 'yaml'

export interface YamlFile {
  /** Printed above everything else, one a line. */
  readonly head: readonly string[]
  readonly content: object
  /** By the path of a key: the reason for its value. */
  readonly comments: Readonly<Record<string, string>>
}

export function yamlText({ head, content, comments }: YamlFile): string {
  const document = new Document(content, { aliasDuplicateObjects: false })
  document.commentBefore = commentText(head.join('\n'))
  for (const [path, comment] of Object.entries(comments)) keyAt(document, path).commentBefore = commentText(comment)
  const text = document.toString({ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 })
  return escapeBeyondAscii(text)
}

/** Only texts contain characters outside ASCII, and they are in double quotes, where this means the same. */
function escapeBeyondAscii(text: string): string {
  return text.replaceAll(/[^\n -~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
  })
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

/** A comment ends with its line: other characters that would start a new line are removed. */
const commentText = (text: string): string =>
  text
    .replaceAll(/[^\n -~]/g, '?')
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n')

function keyAt(document: Document, path: string): Scalar {
  let node: unknown = document.contents
  let key: unknown
  for (const part of path.split('/')) {
    const pair: unknown = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === part) : null
    if (!isPair<ParsedNode, ParsedNode>(pair)) throw new Error(`the file has no ${path}`)
    ;({ key, value: node } = pair)
  }
  if (!isScalar(key)) throw new Error(`the file has no ${path}`)
  return key
}

/** The paths of texts that the user of the file still has to replace. */
export function placesToReplace(content: object): string[] {
  const found: string[] = []
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'string' && value.startsWith(replaceMark)) found.push(path.join('.'))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key])
    }
  }
  visit(content, [])
  return found
}

const replaceMark = 'REPLACE_WITH_'

/** A text that no provider accepts as a real one. */
export const toReplace = (what: string): string => `${replaceMark}${what}`
