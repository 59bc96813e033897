/** Asks before input is lost: on the way to another page with a dialog, on a reload with the browser's own. */
import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** A form that was sent leaves with `ignoreBlocker`. A choice that is kept in the address stays on the page. */
export function LeaveQuestion({ isUnsaved }: { isUnsaved: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved && current.pathname !== next.pathname,
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  })
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
