/** Asks before something is destroyed: names it, says what follows, and stays open if the action is rejected. */
import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemCard } from './problem-card.tsx'

export interface ConfirmDialogProps {
  /** The question, including the resource's name. */
  readonly title: string
  /** The button's label. */
  readonly confirm: string
  readonly keep?: string
  readonly isOpen: boolean
  readonly isBusy: boolean
  readonly error: unknown
  /** Whether closing gives the focus back to where it was. */
  readonly returnsFocus?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** The consequences. */
  readonly children: ReactNode
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    title,
    confirm,
    keep = 'Cancel',
    isOpen,
    isBusy,
    error,
    returnsFocus = true,
    onConfirm,
    onClose,
    children,
  } = props
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      // It may ask about another dialog.
      zIndex="calc(var(--mantine-z-index-modal) + 1)"
      closeButtonProps={{ 'aria-label': 'Close' }}
      returnFocus={returnsFocus}
      centered
    >
      <Stack gap="md">
        <div>{children}</div>
        {error !== null && <ProblemCard error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button
            color="red.9"
            maw="100%"
            styles={{ label: { display: 'block', height: 'auto', textOverflow: 'ellipsis' } }}
            loading={isBusy}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
