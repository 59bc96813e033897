/** Around every page: the way to each kind of thing, who is signed in, and whether what is shown is live. */
import { ActionIcon, Burger, Menu, NavLink, Text } from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { LiveBanner } from '../live/live-banner.tsx'
import { useLive } from '../live/live.tsx'
import { useSession } from '../session/session.tsx'
import { Logo } from '../theme/logo.tsx'
import { navigation } from './navigation.ts'
import { SchemeSwitch } from './scheme-switch.tsx'
import classes from './shell.module.css'

export function Shell() {
  const liveness = useLive()
  const { pathname } = useRouterState({ select: (state) => state.location })
  // On a narrow screen the navigation is open on the page where it was opened, and so closed on the next.
  const [openedAt, setOpenedAt] = useState<string | null>(null)
  const isOpen = openedAt === pathname
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Burger
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
        {navigation.map(({ title, links }) => (
          <div key={title} className={classes.group}>
            <p className={classes.groupTitle}>{title}</p>
            {links.map(({ text, to, icon: Icon, also }) => (
              <NavLink
                key={to}
                label={text}
                leftSection={<Icon size={18} stroke={1.6} />}
                active={[to, also].some((start) => pathname === start || pathname.startsWith(`${start}/`))}
                renderRoot={(props) => <Link {...props} to={to} />}
              />
            ))}
          </div>
        ))}
      </nav>
      <main id="content" tabIndex={-1} className={classes.main}>
        <LiveBanner liveness={liveness} />
        <Outlet />
      </main>
    </div>
  )
}

function Account() {
  const { me, signOut } = useSession()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Signed in as ${me.name}`}>
          <IconUserCircle size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text size="sm" fw={600}>
            {me.name}
          </Text>
          <Text size="sm" className="quiet">
            role {me.role}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
