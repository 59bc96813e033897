/** The filters of a list, side by side; on a narrow screen behind a button that says how many are set. */
import { Button } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useId, useState, type ReactNode } from 'react'
import classes from './filters.module.css'

export function Filters({ set, children }: { set: number; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <div>
      <Button
        className={classes.opener}
        variant="default"
        leftSection={<IconFilter size={16} stroke={1.6} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        Filters{set > 0 && ` (${set})`}
      </Button>
      <div id={id} className={classes.filters} data-open={isOpen}>
        {children}
      </div>
    </div>
  )
}
