/** A sentence in which what is between backticks is shown as code. All of it is text. */
import { codeParts } from './code-parts.ts'
import classes from './text-with-code.module.css'

export function TextWithCode({ children }: { children: string }) {
  return codeParts(children).map(({ text, isCode }, index) =>
    isCode ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of one sentence have no other name
      <code key={index} className={classes.code}>
        {text}
      </code>
    ) : (
      text
    ),
  )
}
