/** Archives an environment, after it said what follows. */
import type { ClusterEnvironment } from '@fairlead/contract'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'

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
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={`Archive ${environment.name}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="sm">
          <Text size="sm">
            No cluster starts from it any more, and it gets no new builds. Clusters that run go on. Its builds and the
            records of its pulls stay readable, and its name stays taken.
          </Text>
          <Text size="sm" fw={600}>
            This cannot be undone.
          </Text>
          {archive.error !== null && <ProblemCard error={archive.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button color="red" loading={archive.isPending} onClick={() => archive.mutate()}>
              Archive {environment.name}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
