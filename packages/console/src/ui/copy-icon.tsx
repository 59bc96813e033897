/** A small button that copies a text, and says for a moment that it did. */
import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

export interface CopyIconProps {
  readonly text: string
  /** What it copies, for a reader who does not see the icon. */
  readonly label: string
  readonly size?: 'sm' | 'md'
  readonly className?: string | undefined
}

export function CopyIcon({ text, label, size = 'sm', className }: CopyIconProps) {
  const pixels = size === 'sm' ? 14 : 16
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <ActionIcon
          className={className}
          variant="subtle"
          color="gray"
          size={size}
          onClick={copy}
          aria-label={copied ? 'Copied' : `Copy ${label}`}
        >
          {copied ? <IconCheck size={pixels} /> : <IconCopy size={pixels} />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}
