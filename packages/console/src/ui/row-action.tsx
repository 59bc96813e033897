/** An action on one row of a table. `label` names the action and the resource. */
import { Button } from '@mantine/core'
import type { MouseEventHandler } from 'react'
import classes from './row-action.module.css'

export function RowAction({
  text,
  label,
  onClick,
}: {
  text: string
  label: string
  onClick: MouseEventHandler<HTMLElement>
}) {
  return (
    <Button
      className={classes.action}
      variant="subtle"
      color="gray"
      size="compact-sm"
      aria-label={label}
      onClick={onClick}
    >
      {text}
    </Button>
  )
}
