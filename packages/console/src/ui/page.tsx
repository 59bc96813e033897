/** The frame of a page: its breadcrumbs, its title, and its actions. Its headings take the focus from a button that is gone. */
import { Anchor, Breadcrumbs, Title } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import classes from './page.module.css'

export interface Crumb {
  readonly text: string
  readonly link?: LinkProps
}

const here: readonly Crumb[] = []

export function Page({
  title,
  path = here,
  state,
  tab = title,
  actions,
  isWide = false,
  children,
}: {
  title: string
  /** The path from the start to here, without the page itself. */
  path?: readonly Crumb[]
  state?: ReactNode
  /** The title of the tab, with the state: a reader who waits looks at another one. */
  tab?: string
  actions?: ReactNode
  /** A table uses the whole screen; text that wide would be hard to read. */
  isWide?: boolean
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${tab} · Fairlead`
  }, [tab])
  return (
    <div className={classes.page} data-wide={isWide || undefined}>
      <header className={classes.header}>
        {path.length > 0 && (
          <Breadcrumbs className={classes.path} separatorMargin={6} aria-label="Where this page is">
            {path.map(({ text, link }) =>
              link === undefined ? (
                <span key={text}>{text}</span>
              ) : (
                <Anchor key={text} size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
                  {text}
                </Anchor>
              ),
            )}
          </Breadcrumbs>
        )}
        <div className={classes.row}>
          <Title order={1} tabIndex={-1}>
            {title}
          </Title>
          {state}
          {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        </div>
      </header>
      {children}
    </div>
  )
}

/** A page section with its own heading. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <div className={classes.row}>
        <Title order={2} tabIndex={-1}>
          {title}
        </Title>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  )
}
