/** A sentence that shows the text between backticks as code. All of it is text. */
import { codeParts, isCommand } from './code-parts.ts'
import { CopyIcon } from './copy-icon.tsx'
import classes from './text-with-code.module.css'

/** `canCopy`: its commands get a button that copies them. */
export function TextWithCode({ children, canCopy = false }: { children: string; canCopy?: boolean }) {
  return codeParts(children).map(({ text, isCode }, index) =>
    isCode ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of one sentence have no other name
      <Code key={index} text={text} canCopy={canCopy && isCommand(text)} />
    ) : (
      text
    ),
  )
}

function Code({ text, canCopy }: { text: string; canCopy: boolean }) {
  return (
    <>
      <code className={classes.code}>
        {text.split(/( +)/).map((word, index) =>
          // A line may break between two words.
          index % 2 === 1 ? (
            word
          ) : (
            // oxlint-disable-next-line react/no-array-index-key -- the words of one command have no other name
            <span key={index} className={classes.word}>
              {word}
            </span>
          ),
        )}
      </code>
      {canCopy && <CopyIcon text={text} label={text} className={classes.copy} />}
    </>
  )
}
