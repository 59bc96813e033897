/** A new page takes the focus, so that keyboard and screen reader continue there and not at the link that led to it. */
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef, type RefObject } from 'react'

export function useFocusOnNewPage(): RefObject<HTMLElement | null> {
  const router = useRouter()
  const main = useRef<HTMLElement>(null)
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        // The first page already has it, and a change in a page's search string makes no new page.
        if (fromLocation === undefined || !pathChanged) return
        // After it is drawn: an open navigation hides the page until then.
        requestAnimationFrame(() => {
          // A page may have given it to one of its fields.
          if (document.activeElement?.matches('[data-autofocus]') !== true) main.current?.focus({ preventScroll: true })
        })
      }),
    [router],
  )
  return main
}
