/** Archives an environment, after a dialog that says what follows. */
import type { ClusterEnvironment } from '@fairlead/contract/wire'
import { Button, Text } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

export function ArchiveButton({ environment }: { environment: ClusterEnvironment }) {
  const { client } = useSession()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const archive = useMutation({
    mutationFn: () => client.clusterEnvironments.archive(environment.id),
    onSuccess: async () => {
      setAsking(false)
      await queries.invalidateQueries({ queryKey: ['cluster-environments'] })
    },
  })
  return (
    <>
      <Button variant="default" leftSection={<IconArchive size={16} />} onClick={() => setAsking(true)}>
        Archive
      </Button>
      <ConfirmDialog
        title={`Archive ${environment.name}?`}
        confirm={`Archive ${environment.name}`}
        keep="Keep it"
        isOpen={isAsking}
        isBusy={archive.isPending}
        error={archive.error}
        onConfirm={() => archive.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text size="sm">
          No more clusters can start from it, and it gets no new builds. Running clusters continue. Its builds and the
          records of its pulls stay readable, and its name stays in use. This cannot be undone.
        </Text>
      </ConfirmDialog>
    </>
  )
}
