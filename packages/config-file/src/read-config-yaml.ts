/**
 * Reads the YAML of a cluster environment. Every scalar keeps its text, so that `ray_version: 2.10` keeps its zero and an env var `true` stays that
 * word. YAML features that a config never needs (aliases, tags, several documents) are refused.
 */
import { problem, type Problem } from '@fairlead/contract/problems'
import { configFields } from '@fairlead/contract/wire'
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from 'yaml'

/** The fields as in the file; `checkEnvironmentConfig` validates their values. */
export function readConfigYaml(path: string, bytes: Uint8Array): Record<string, unknown> {
  const text = decode(path, bytes)
  const lines = new LineCounter()
  const document = parse(path, text, lines)
  const at = (offset: number, reason: string): Problem => {
    const { line, col } = lines.linePos(offset)
    return problem('CONFIG_YAML_MALFORMED', { path, line: Math.max(line, 1), column: Math.max(col, 1), reason })
  }
  const raw = unprintable.exec(text)
  if (raw) throw at(raw.index, 'a control character; write it as an escape, in double quotes')
  const [fault] = document.errors
  if (fault) throw at(fault.pos[0], reasonOf(fault))
  const root = document.contents
  if (root === null || (isScalar(root) && root.source === '')) return {}
  if (!isMap(root)) throw at(offsetOf(root), 'expected lines of the form `field: value`')
  return readFields(root, at)
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'it is not UTF-8 text; save it as UTF-8' })
  }
}

/** What YAML allows as an escape only. The parser takes it for text, and so a carriage return alone, which ends a line. */
// oxlint-disable-next-line no-control-regex
const unprintable = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/

function parse(path: string, text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    // The failsafe schema has no numbers, booleans, null or merge key, only text.
    return parseDocument(text, {
      schema: 'failsafe',
      keepSourceTokens: true,
      lineCounter,
      prettyErrors: false,
      logLevel: 'error',
      merge: false,
    })
  } catch {
    // The parser recurses per level; only nesting far beyond any config exhausts its stack.
    throw problem('CONFIG_YAML_MALFORMED', { path, line: 1, column: 1, reason: 'it is nested too deeply' })
  }
}

type At = (offset: number, reason: string) => Problem

function readFields(root: Extract<Node, { items: unknown[] }>, at: At): Record<string, unknown> {
  return readPairs(root, at, (name, value) => {
    if (!(configFields as readonly string[]).includes(name)) return null
    if (name === 'env_vars') return readEnvVars(value, at)
    return scalarText(value, at)
  })
}

function readEnvVars(node: unknown, at: At): unknown {
  if (isMap(node)) {
    refuseExtras(node, at)
    return readPairs(node, at, (_, value) => scalarText(value, at))
  }
  // All variables are commented out: the field exists but is empty.
  if (node === null || (isScalar(node) && node.source === '' && node.type === 'PLAIN')) return undefined
  return scalarText(node, at)
}

function readPairs(
  map: Extract<Node, { items: unknown[] }>,
  at: At,
  read: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const pair of map.items as { key: unknown; value: unknown }[]) {
    const { key } = pair
    if (!isScalar(key) || typeof key.value !== 'string') throw at(offsetOf(key), 'a field name must be plain text')
    refuseExtras(key, at)
    // Defined, not assigned: a field named `__proto__` must stay a field, to be refused by name.
    Object.defineProperty(fields, key.value, {
      value: read(key.value, pair.value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return fields
}

/** An empty list or object for one that is not text: the checks refuse it, and name it among all that is wrong. */
function scalarText(node: unknown, at: At): unknown {
  if (node === null) return ''
  if (isAlias(node)) throw at(offsetOf(node), 'aliases are not taken; write the value out')
  if (isSeq(node)) return []
  if (!isScalar(node)) return {}
  refuseExtras(node, at)
  return node.value
}

function refuseExtras(node: Node, at: At): void {
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str')
    throw at(offsetOf(node), 'tags are not taken; write the value alone')
  if (isScalar(node) && isOpen(node)) throw at(offsetOf(node), 'this quote is not closed')
}

const quoted = /^(?:'[^']*(?:''[^']*)*'|"[^"\\]*(?:\\.[^"\\]*)*")$/s

/** A quote that is never closed, in a text that happens to end in one, as `'it''` does: the parser takes it for the end. */
function isOpen({ type, srcToken }: Scalar): boolean {
  const isQuoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE'
  return isQuoted && srcToken !== undefined && 'source' in srcToken && !quoted.test(srcToken.source)
}

function offsetOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0
}

function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  // The parser calls a bracketed list or map a flow; at a line that does not belong to it, the parser blames the line.
  if (code === 'BAD_INDENT' && message.startsWith('Flow ')) return 'a bracket opened above is not closed'
  return reasons[code] ?? 'it cannot be read'
}

/** In our own words: the parser's may quote the file, which may hold something that must not be shown. */
const reasons: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'aliases are not taken; write the value out',
  BAD_ALIAS: 'aliases are not taken; write the value out',
  BAD_DIRECTIVE: 'a directive that YAML does not know',
  BAD_DQ_ESCAPE: 'an escape that YAML does not know, in double quotes',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_PROP_ORDER: 'a tag or an anchor at the wrong place',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'two `field: value` on one line; put the value in quotes',
  BLOCK_IN_FLOW: 'indented lines inside brackets',
  DUPLICATE_KEY: 'this field stands here a second time',
  KEY_OVER_1024_CHARS: 'a field name is longer than 1024 characters',
  MISSING_CHAR: 'a closing quote, bracket, comma or a space after the colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a field name runs over two lines; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value with two anchors',
  MULTIPLE_DOCS: 'a second document starts here; one file holds one',
  MULTIPLE_TAGS: 'a value with two tags',
  NON_STRING_KEY: 'a field name must be plain text',
  TAB_AS_INDENT: 'a tab in the indentation; use spaces',
  TAG_RESOLVE_FAILED: 'tags are not taken; write the value alone',
  UNEXPECTED_TOKEN: 'this is not expected here',
}
