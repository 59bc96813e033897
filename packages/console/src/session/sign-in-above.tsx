/** The sign-in above a page that waits for it, hidden and out of reach. The browser's own dialog is above every other one of the page. */
import type { ReactNode, SyntheticEvent } from 'react'
import classes from './sign-in.module.css'

export function SignInAbove({ children }: { children: ReactNode }) {
  return (
    <dialog ref={showAbove} className={classes.above} aria-label="Sign in" onCancel={keepOpen} onClose={showAgain}>
      {children}
    </dialog>
  )
}

/** A dialog that is closed gives the focus back to where it was. */
const showAbove = (dialog: HTMLDialogElement) => {
  dialog.showModal()
  return () => dialog.close()
}

const keepOpen = (event: SyntheticEvent) => event.preventDefault()

/** A browser closes a dialog at the second Escape in any case. */
const showAgain = ({ currentTarget: dialog }: SyntheticEvent<HTMLDialogElement>) => {
  if (dialog.isConnected) dialog.showModal()
}
