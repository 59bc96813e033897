/** The element of every button. While its action runs, it is disabled without the attribute, which would take the focus from it. */
import { createElement, type ComponentProps, type MouseEvent } from 'react'

const ignore = (event: MouseEvent) => event.preventDefault()

export function FocusableButton({
  'data-loading': isLoading,
  type = 'button',
  ...props
}: ComponentProps<'button'> & { readonly 'data-loading'?: boolean }) {
  if (isLoading !== true) return createElement('button', { ...props, type })
  const busy = { 'data-loading': true, 'aria-disabled': true, disabled: false, onClick: ignore }
  return createElement('button', { ...props, type, ...busy })
}
