/** Asks before input is lost: on the way to another page with a dialog, on a reload with the browser's own. */
import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from './confirm-dialog.tsx'

/** A form that was sent leaves with `ignoreBlocker`. A choice that is kept in the address stays on the page. */
export function LeaveQuestion({ isUnsaved }: { isUnsaved: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved && current.pathname !== next.pathname,
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  })
  return (
    <LeaveDialog
      isOpen={blocker.status === 'blocked'}
      onLeave={() => blocker.proceed?.()}
      onStay={() => blocker.reset?.()}
    />
  )
}

export interface LeaveDialogProps {
  readonly isOpen: boolean
  readonly onLeave: () => void
  readonly onStay: () => void
}

export function LeaveDialog({ isOpen, onLeave, onStay }: LeaveDialogProps) {
  return (
    <ConfirmDialog
      title="Leave the form?"
      confirm="Leave"
      keep="Stay"
      isOpen={isOpen}
      isBusy={false}
      error={null}
      onConfirm={onLeave}
      onClose={onStay}
    >
      <Text size="sm">Your changes are not saved yet, and are lost if you leave.</Text>
    </ConfirmDialog>
  )
}
