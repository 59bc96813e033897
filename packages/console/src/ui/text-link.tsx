/** A link to another page of the console, as text. */
import { Anchor } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type TextLinkProps = LinkProps & { readonly children: ReactNode; readonly title?: string }

export function TextLink({ children, title, ...link }: TextLinkProps) {
  return (
    <Anchor inherit title={title} renderRoot={(props) => <Link {...props} {...link} />}>
      {children}
    </Anchor>
  )
}
