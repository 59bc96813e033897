/** Starts a cluster again with another build, another size, or without the pinned digest. It stays on its cloud. */
import type { Cluster, StartCluster } from '@fairlead/contract/wire'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { useClouds } from '../../queries/use-clouds.ts'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { EnvironmentPicker } from './environment-picker.tsx'
import { RoomNote } from './room-note.tsx'
import { PinSwitch, WorkersInput } from './start-fields.tsx'
import { useChosenBuild } from './use-chosen-build.ts'

export interface StartAgainDialogProps extends StartAgainFormProps {
  readonly isOpen: boolean
}

export function StartAgainDialog({ isOpen, ...form }: StartAgainDialogProps) {
  return (
    <Modal
      opened={isOpen}
      size="lg"
      onClose={form.onClose}
      title={`Start ${form.cluster.name} with changes`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <StartAgainForm {...form} />
    </Modal>
  )
}

interface StartAgainFormProps {
  readonly cluster: Cluster
  readonly isBusy: boolean
  readonly error: Error | null
  readonly onStart: (changes: StartCluster) => void
  readonly onClose: () => void
}

/** Starts over each time it opens, from the cluster's state at that time. */
function StartAgainForm({ cluster, isBusy, error, onStart, onClose }: StartAgainFormProps) {
  const [environment, setEnvironment] = useState(cluster.cluster_environment)
  const [workers, setWorkers] = useState(cluster.worker_count)
  const [pin, setPin] = useState(cluster.pin_digest)
  const chosen = useChosenBuild(environment)
  const clouds = useClouds()
  return (
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
          <Button type="submit" loading={isBusy} disabled={!chosen.canStart}>
            Start {cluster.name}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
