/** Kinds of which the stream of changes says nothing: they are asked for anew whenever somebody comes to look. */
import type { QueryClient } from '@tanstack/react-query'

/** One page asks once, in however many places it shows them. */
const freshMs = 2000

export function askAnewForUntoldKinds(queries: QueryClient): void {
  for (const kind of ['clouds', 'tokens', 'audit']) {
    queries.setQueryDefaults([kind], { staleTime: freshMs, refetchOnWindowFocus: true })
  }
}
