/** Starts a cluster again with another build, another size, or without the pinned digest. It stays on its cloud. */
import type { Cluster, StartCluster } from '@fairlead/contract/wire'
import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { isChanged } from '../../ui/is-changed.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { EnvironmentPicker } from './environment-picker.tsx'
import { RoomNote } from './room-note.tsx'
import { PinSwitch, WorkersInput } from './start-fields.tsx'
import { useChosenBuild } from './use-chosen-build.ts'

export interface StartAgainDialogProps {
  readonly cluster: Cluster
  readonly isOpen: boolean
  readonly isBusy: boolean
  readonly error: Error | null
  readonly onStart: (changes: StartCluster) => void
  readonly onClose: () => void
}

interface StartForm {
  readonly environment: string
  readonly workers: number
  readonly pin: boolean
}

/** Starts over each time it opens, from the cluster's state at that time. */
export function StartAgainDialog({ cluster, isOpen, onClose, ...rest }: StartAgainDialogProps) {
  const [changes, setChanges] = useState<Partial<StartForm>>({})
  const now = { environment: cluster.cluster_environment, workers: cluster.worker_count, pin: cluster.pin_digest }
  const form = { ...now, ...changes }
  return (
    <FormDialog
      opened={isOpen}
      isUnsaved={isChanged(form, now)}
      size="lg"
      onClose={onClose}
      onExitTransitionEnd={() => setChanges({})}
      title={`Start ${cluster.name} with changes`}
    >
      {(close) => (
        <StartAgainForm
          {...rest}
          cluster={cluster}
          form={form}
          onChange={(changed) => setChanges({ ...changes, ...changed })}
          onClose={close}
        />
      )}
    </FormDialog>
  )
}

interface StartAgainFormProps extends Omit<StartAgainDialogProps, 'isOpen'> {
  readonly form: StartForm
  readonly onChange: (changed: Partial<StartForm>) => void
}

function StartAgainForm({ cluster, isBusy, error, form, onChange, onStart, onClose }: StartAgainFormProps) {
  const { environment, workers, pin } = form
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
          onChange={(chosenOne) => onChange({ environment: chosenOne })}
          cloudId={cluster.cloud_id}
        />
        <WorkersInput value={workers} onChange={(count) => onChange({ workers: count })} />
        <PinSwitch pin={pin} onChange={(isPinned) => onChange({ pin: isPinned })} build={chosen.build} />
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
