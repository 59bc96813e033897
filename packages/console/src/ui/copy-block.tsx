/** Text to paste elsewhere, with a button that copies it. */
import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
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
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon
            className={classes.button}
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={copied ? 'Copied' : `Copy ${label}`}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  )
}
