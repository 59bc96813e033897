/** Archives an environment, after a dialog that says what follows. */
import type { ClusterEnvironment } from '@fairlead/contract/wire'
import { Button, Text } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'

export function ArchiveButton({ environment }: { environment: ClusterEnvironment }) {
  const { client } = useSession()
  return (
    <ConfirmedAct
      renderButton={(ask) => (
        <Button variant="default" leftSection={<IconArchive size={16} />} onClick={ask}>
          Archive
        </Button>
      )}
      title={`Archive ${environment.name}?`}
      confirm={`Archive ${environment.name}`}
      keep="Keep it"
      act={() => client.clusterEnvironments.archive(environment.id)}
      touched={['cluster-environments']}
    >
      <Text size="sm">
        No more clusters can start from it, and it gets no new builds. Running clusters continue. Its builds and the
        records of its pulls stay readable, and its name stays in use. This cannot be undone.
      </Text>
    </ConfirmedAct>
  )
}
