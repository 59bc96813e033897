/** A sentence of the problem table: what stands between backticks is typed somewhere, and shown as code. Pure. */

export interface TextPart {
  readonly text: string
  readonly isCode: boolean
}

/** A backtick without its other half is a letter like any other. */
export function codeParts(sentence: string): readonly TextPart[] {
  return sentence
    .split(/`([^`]+)`/)
    .map((text, index) => ({ text, isCode: index % 2 === 1 }))
    .filter(({ text }) => text !== '')
}
