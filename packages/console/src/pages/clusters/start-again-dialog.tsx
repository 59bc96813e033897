/** Starts a cluster again with another build, another size, or without the pinned digest. It stays on its cloud. */
import type { Cluster, StartCluster } from '@fairlead/contract'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { useClouds } from '../../queries/use-clouds.ts'
import { EnvironmentPicker } from './environment-picker.tsx'
import { RoomNote } from './room-note.tsx'
import { PinSwitch, WorkersInput } from './start-fields.tsx'
import { useChosenBuild } from './use-chosen-build.ts'

export interface StartAgainDialogProps {
  readonly cluster: Cluster
  readonly isPending: boolean
  readonly error: Error | null
  readonly onStart: (changes: StartCluster) => void
  readonly onClose: () => void
}

export function StartAgainDialog({ cluster, isPending, error, onStart, onClose }: StartAgainDialogProps) {
  const [environment, setEnvironment] = useState(cluster.cluster_environment)
  const [workers, setWorkers] = useState(cluster.worker_count)
  const [pin, setPin] = useState(cluster.pin_digest)
  const chosen = useChosenBuild(environment)
  const clouds = useClouds()
  return (
    <Modal
      opened
      size="lg"
      withinPortal={false}
      onClose={onClose}
      title={`Start ${cluster.name} with changes`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen.build === null) return
          onStart({ cluster_environment_build_id: chosen.build.id, worker_count: workers, pin_digest: pin })
        }}
      >
        <Stack gap="md">
          <EnvironmentPicker
            identifier={environment}
            chosen={chosen}
            onChange={setEnvironment}
            cloudId={cluster.cloud_id}
          />
          <WorkersInput value={workers} onChange={setWorkers} />
          <PinSwitch pin={pin} onChange={setPin} build={chosen.build} />
          <RoomNote
            cloudId={cluster.cloud_id}
            cloud={clouds.byId(cluster.cloud_id)?.name ?? 'its cloud'}
            workers={workers}
          />
          {error !== null && <ProblemCard error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending} disabled={!chosen.canStart}>
              Start {cluster.name}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
