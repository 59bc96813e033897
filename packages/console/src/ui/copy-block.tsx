/** Text to paste elsewhere, with a button that copies it. */
import { CopyIcon } from './copy-icon.tsx'
import classes from './copy-block.module.css'

/** `isTail`: its last lines are shown first, in a part of the page that scrolls. */
export function CopyBlock({ text, label, isTail = false }: { text: string; label: string; isTail?: boolean }) {
  return (
    <div className={classes.block}>
      <pre
        className={isTail ? classes.tail : undefined}
        aria-label={label}
        // What scrolls must be reached by keyboard.
        {...(isTail && { role: 'region', tabIndex: 0 })}
      >
        {text}
      </pre>
      <CopyIcon text={text} label={label} size="md" className={classes.button} />
    </div>
  )
}
