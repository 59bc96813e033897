/** A dialog with a form: closing it asks before input is lost, as leaving its page does. */
import { Modal, type ModalProps } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { LeaveDialog, LeaveQuestion } from './leave-question.tsx'

export interface FormDialogProps extends Omit<ModalProps, 'children'> {
  readonly isUnsaved: boolean
  /** `close` is for a button that closes the dialog. */
  readonly children: (close: () => void) => ReactNode
}

export function FormDialog({ isUnsaved, children, ...modal }: FormDialogProps) {
  const { opened, onClose, closeOnEscape = true } = modal
  const [isAsking, setAsking] = useState(false)
  // What was typed was sent meanwhile, so there is nothing to ask about, now or when the dialog opens again.
  if (isAsking && !(opened && isUnsaved)) setAsking(false)
  const close = isUnsaved ? () => setAsking(true) : onClose
  return (
    <>
      <LeaveQuestion isUnsaved={opened && isUnsaved} />
      {/* Before the dialog: what closes last says where the focus goes. */}
      <LeaveDialog
        isOpen={isAsking}
        onLeave={() => {
          setAsking(false)
          onClose()
        }}
        onStay={() => setAsking(false)}
      />
      <Modal
        {...modal}
        onClose={close}
        // Mantine listens at the window, where the key that asks would answer too.
        closeOnEscape={false}
        onKeyDown={({ key, target }) => {
          const isForList = (target as HTMLElement).dataset['mantineStopPropagation'] === 'true'
          if (key === 'Escape' && closeOnEscape && !isForList) close()
        }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {children(close)}
      </Modal>
    </>
  )
}
