/** Takes a grant back, after it said what follows. */
import type { Grant } from '@fairlead/contract/wire'
import { Text } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { RowAction } from '../../ui/row-action.tsx'

export function RemoveGrant({ grant }: { grant: Grant }) {
  const { client } = useSession()
  const [isAsking, setAsking] = useState(false)
  const remove = useAct(() => client.clouds.revokeGrant(grant.cloud_id, grant.id), ['clouds'])
  const close = () => {
    setAsking(false)
    remove.reset()
  }
  return (
    <>
      <RowAction text="Remove" label={`Remove the grant of ${grant.reference}`} onClick={() => setAsking(true)} />
      <ConfirmDialog
        title={`Take the grant of ${grant.reference} back?`}
        confirm="Take it back"
        isOpen={isAsking}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: close })}
      >
        <Text size="sm">
          Builds that name {grant.match === 'prefix' ? 'one of these secrets' : 'this secret'} start no cluster any
          more, unless another grant covers it. Clusters that run go on.
        </Text>
      </ConfirmDialog>
    </>
  )
}
