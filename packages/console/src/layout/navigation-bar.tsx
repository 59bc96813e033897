/** Says that the next page is on its way, where it takes longer than a blink. */
import { useRouterState } from '@tanstack/react-router'
import classes from './navigation-bar.module.css'

export function NavigationBar() {
  const isLoading = useRouterState({ select: (state) => state.isLoading })
  return isLoading ? <progress aria-label="The page is loading" className={classes.bar} /> : null
}
