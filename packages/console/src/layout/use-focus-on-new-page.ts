/** A new page takes the focus, so that the keyboard and what reads the page aloud go on there and not at the link that led to it. */
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef, type RefObject } from 'react'

export function useFocusOnNewPage(): RefObject<HTMLElement | null> {
  const router = useRouter()
  const main = useRef<HTMLElement>(null)
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        // The first page has it already, and what a page's own search changes is no new page.
        if (fromLocation === undefined || !pathChanged) return
        // Once it is drawn: an open navigation hides the page until then.
        requestAnimationFrame(() => {
          // A page may have given it to one of its fields.
          if (document.activeElement?.matches('[data-autofocus]') !== true) main.current?.focus({ preventScroll: true })
        })
      }),
    [router],
  )
  return main
}
