/** A machine owner's YAML, read strictly: no duplicate keys, no aliases, and errors give the position, never the text. */
import type { Problem } from '@fairlead/contract/problems'
import { LineCounter, parseDocument, type Document } from 'yaml'

export interface StrictYaml {
  /** With its comments, for callers that edit it. */
  readonly document: Document
  readonly value: unknown
}

/** Throws what `refuse` makes of the reason. */
export function readStrictYaml(text: string, refuse: (reason: string) => Problem): StrictYaml {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, prettyErrors: false })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault) {
    const { line, col } = lineCounter.linePos(fault.pos[0])
    const what = fault.code === 'DUPLICATE_KEY' ? 'it has the same key a second time' : 'it is not valid YAML'
    throw refuse(`${what} at line ${line}, column ${col}`)
  }
  try {
    return { document, value: document.toJS({ maxAliasCount: 0 }) }
  } catch {
    throw refuse('it has aliases')
  }
}
