/** A button that leads to another page of the console. */
import { Button, type ButtonProps } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type LinkButtonProps = LinkProps &
  Pick<ButtonProps, 'variant' | 'color' | 'size' | 'leftSection'> & { readonly children: ReactNode }

export function LinkButton({ variant, color, size, leftSection, children, ...link }: LinkButtonProps) {
  const button = { variant, color, size, leftSection } as ButtonProps
  return (
    <Button {...button} renderRoot={(props) => <Link {...props} {...link} />}>
      {children}
    </Button>
  )
}
