/** What a list page shows is written in its address: reads it, and changes part of it. */
import { useNavigate, useSearch, type RegisteredRouter, type RouteIds } from '@tanstack/react-router'

type PageId = Exclude<RouteIds<RegisteredRouter['routeTree']>, '__root__'>

/** A change replaces the entry in the browser's history, so that Back leaves the page. */
export function useListSearch<const Page extends PageId>(from: Page) {
  const search = useSearch({ from })
  // Without the argument, the types of a page that is not known here are too deep to compare.
  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments
  const navigate = useNavigate<RegisteredRouter>({ from })
  const change = (part: Partial<typeof search>) =>
    void navigate({ to: '.', search: (now) => ({ ...now, ...part }), replace: true })
  return { search, change }
}
