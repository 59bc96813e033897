/** A sentence from the problem table: text between backticks is something to type, and shown as code. Pure. */

export interface TextPart {
  readonly text: string
  readonly isCode: boolean
}

/** A backtick without its partner is an ordinary character. */
export function codeParts(sentence: string): readonly TextPart[] {
  return sentence
    .split(/`([^`]+)`/)
    .map((text, index) => ({ text, isCode: index % 2 === 1 }))
    .filter(({ text }) => text !== '')
}

/** A program and its arguments; if part of it is elided, there is nothing to copy. */
const command =
  /^(?:sudo |[A-Z_]+=\S+ )*(?:fairlead|aws|gcloud|docker|curl|kubectl|chown|chmod|usermod|systemctl|openssl|ls) [^…]+$/

export function isCommand(text: string): boolean {
  return command.test(text)
}
