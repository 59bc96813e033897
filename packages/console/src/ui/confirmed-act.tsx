/** An action that is asked about first: its button, the question, the request, and where the focus is afterwards. */
import { useState, type MouseEvent, type ReactNode } from 'react'
import { useAct, type Kind } from '../queries/use-act.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { focusAfter } from './focus-after.ts'

export interface ConfirmedActProps {
  readonly renderButton: (ask: (event: MouseEvent<HTMLElement>) => void) => ReactNode
  /** The question, including the resource's name. */
  readonly title: string
  /** The label of the button that does it. */
  readonly confirm: string
  readonly keep?: string
  readonly act: () => Promise<unknown>
  readonly touched: readonly Kind[]
  /** The consequences. */
  readonly children: ReactNode
}

export function ConfirmedAct({ renderButton, act, touched, children, ...question }: ConfirmedActProps) {
  // The button, while its question is open.
  const [asking, setAsking] = useState<HTMLElement | null>(null)
  const acting = useAct(async () => {
    await act()
    setAsking(null)
    // Now: the next render may be without the button.
    focusAfter(asking)
  }, touched)
  return (
    <>
      {renderButton(({ currentTarget }) => setAsking(currentTarget))}
      <ConfirmDialog
        {...question}
        isOpen={asking !== null}
        isBusy={acting.isPending}
        error={acting.error}
        returnsFocus={false}
        onConfirm={() => acting.mutate()}
        onClose={() => {
          setAsking(null)
          acting.reset()
          asking?.focus()
        }}
      >
        {children}
      </ConfirmDialog>
    </>
  )
}
