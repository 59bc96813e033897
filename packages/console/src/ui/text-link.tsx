/** A link to another page of the console, as text. */
import { Anchor } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export function TextLink({ children, ...link }: LinkProps & { children: ReactNode }) {
  return (
    <Anchor inherit renderRoot={(props) => <Link {...props} {...link} />}>
      {children}
    </Anchor>
  )
}
