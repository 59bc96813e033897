/** Asks before input is lost: on the way to another page with a dialog, on a reload with the browser's own. */
import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** `isUnsaved` is called at the moment of leaving: input that was just sent is not lost. */
export function LeaveQuestion({ isUnsaved }: { isUnsaved: () => boolean }) {
  const blocker = useBlocker({ shouldBlockFn: isUnsaved, enableBeforeUnload: isUnsaved, withResolver: true })
  return (
    <ConfirmDialog
      title="Leave the form?"
      confirm="Leave"
      keep="Stay"
      isOpen={blocker.status === 'blocked'}
      isBusy={false}
      error={null}
      onConfirm={() => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      <Text size="sm">Your changes are not saved yet, and are lost if you leave.</Text>
    </ConfirmDialog>
  )
}
