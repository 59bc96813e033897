/** One fact about a field, with a sign next to its colour. */
import { IconAlertTriangle, IconBan, IconCheck, IconInfoCircle, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './note.module.css'

type NoteTone = 'good' | 'warn' | 'bad' | 'plain'

const icons: Record<NoteTone, TablerIcon> = {
  good: IconCheck,
  warn: IconAlertTriangle,
  bad: IconBan,
  plain: IconInfoCircle,
}

export function Note({ tone, children }: { tone: NoteTone; children: ReactNode }) {
  const Icon = icons[tone]
  return (
    <div className={classes.note} data-tone={tone}>
      <Icon size={16} stroke={1.8} aria-hidden />
      <div>{children}</div>
    </div>
  )
}
