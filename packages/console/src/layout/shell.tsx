/** Around every page: the way to each kind of thing, who is signed in, and whether what is shown is live. */
import { ActionIcon, AppShell, Burger, Menu, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { LiveBanner } from '../live/live-banner.tsx'
import { useLive } from '../live/live.tsx'
import { useSession } from '../session/session.tsx'
import { Logo } from '../theme/logo.tsx'
import { navigation } from './navigation.ts'
import { SchemeSwitch } from './scheme-switch.tsx'
import classes from './shell.module.css'

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const liveness = useLive()
  const { pathname } = useRouterState({ select: (state) => state.location })
  useEffect(close, [pathname, close])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      classNames={{ header: classes.header, navbar: classes.navbar }}
    >
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
        <Link to="/" className={classes.brand}>
          <Logo />
          Fairlead
        </Link>
        <div className={classes.tools}>
          <SchemeSwitch />
          <Account />
        </div>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Navigation">
        {navigation.map(({ title, links }) => (
          <div key={title} className={classes.group}>
            <p className={classes.groupTitle}>{title}</p>
            {links.map(({ text, to, icon: Icon }) => (
              <NavLink
                key={to}
                label={text}
                leftSection={<Icon size={18} stroke={1.6} />}
                active={pathname === to || pathname.startsWith(`${to}/`)}
                renderRoot={(props) => <Link {...props} to={to} />}
              />
            ))}
          </div>
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <LiveBanner liveness={liveness} />
        <Outlet />
      </AppShell.Main>
    </AppShell>
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
