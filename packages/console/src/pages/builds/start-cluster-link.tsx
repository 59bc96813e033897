/** Links to the form that starts a cluster from a build. */
import { Button, type ButtonVariant } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

export function StartClusterLink({ identifier, variant }: { identifier: string; variant: ButtonVariant }) {
  return (
    <Button
      variant={variant}
      leftSection={<IconPlayerPlay size={16} />}
      renderRoot={(props) => <Link {...props} to="/clusters/new" search={{ environment: identifier }} />}
    >
      Start a cluster
    </Button>
  )
}
