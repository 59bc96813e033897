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

/** A program and what it is given; where a part of it is left out, there is nothing to copy. */
const command =
  /^(?:sudo |[A-Z_]+=\S+ )*(?:fairlead|aws|gcloud|docker|curl|chown|chmod|usermod|systemctl|openssl|ls) [^…]+$/

export function isCommand(text: string): boolean {
  return command.test(text)
}
