/** Links to the form that starts a cluster from a build. */
import { type ButtonVariant } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { LinkButton } from '../../ui/link-button.tsx'

export function StartClusterLink({ identifier, variant }: { identifier: string; variant: ButtonVariant }) {
  return (
    <LinkButton
      variant={variant}
      leftSection={<IconPlayerPlay size={16} />}
      to="/clusters/new"
      search={{ environment: identifier }}
    >
      Start a cluster
    </LinkButton>
  )
}
