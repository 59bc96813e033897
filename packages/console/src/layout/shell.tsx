/** Surrounds every page: links to each kind of resource, the signed-in user, and whether the data is live. */
import { Burger, NavLink } from '@mantine/core'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { LiveBanner } from '../live/live-banner.tsx'
import { useLive } from '../live/live.tsx'
import { useSession } from '../session/session.tsx'
import { Logo } from '../theme/logo.tsx'
import { Account } from './account.tsx'
import { isFor, navigation } from './navigation.ts'
import { SchemeSwitch } from './scheme-switch.tsx'
import classes from './shell.module.css'
import { useFocusOnNewPage } from './use-focus-on-new-page.ts'

export function Shell() {
  const liveness = useLive()
  const { may } = useSession()
  const { pathname } = useRouterState({ select: (state) => state.location })
  // On a narrow screen the navigation is open on the page where it was opened, and therefore closed on the next.
  const [openedAt, setOpenedAt] = useState<string | null>(null)
  const isOpen = openedAt === pathname
  const burger = useRef<HTMLButtonElement>(null)
  const main = useFocusOnNewPage()
  useEffect(() => {
    if (!isOpen) return undefined
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return
      setOpenedAt(null)
      burger.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOpen])
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <NavigationBar />
      <header className={classes.header}>
        <Burger
          ref={burger}
          className={classes.burger}
          opened={isOpen}
          onClick={() => setOpenedAt(isOpen ? null : pathname)}
          size="sm"
          aria-label="Navigation"
          aria-expanded={isOpen}
        />
        <Link to="/" className={classes.brand}>
          <Logo />
          Fairlead
        </Link>
        <div className={classes.tools}>
          <SchemeSwitch />
          <Account />
        </div>
      </header>
      <nav className={classes.navigation} aria-label="Main" data-open={isOpen}>
        {navigation.filter(isFor(may)).map(({ title, links }) => (
          <div key={title ?? ''} className={classes.group}>
            {title !== null && <p className={classes.groupTitle}>{title}</p>}
            {links.map(({ text, to, icon: Icon, also }) => (
              <NavLink
                key={to}
                onClick={() => setOpenedAt(null)}
                label={text}
                leftSection={<Icon size={18} stroke={1.6} />}
                active={[to, also].some((start) => isWithin(pathname, start))}
                renderRoot={(props) => <Link {...props} to={to} />}
              />
            ))}
          </div>
        ))}
      </nav>
      <main ref={main} id="content" tabIndex={-1} className={classes.main}>
        <LiveBanner liveness={liveness} />
        <Outlet />
      </main>
    </div>
  )
}

/** The overview has no pages below it. */
function isWithin(pathname: string, start: string | undefined): boolean {
  return pathname === start || (start !== '/' && pathname.startsWith(`${start}/`))
}

/** Says that the next page is loading, if it takes longer than a blink. */
function NavigationBar() {
  const isLoading = useRouterState({ select: (state) => state.isLoading })
  return isLoading ? <progress aria-label="The page is loading" className={classes.bar} /> : null
}
