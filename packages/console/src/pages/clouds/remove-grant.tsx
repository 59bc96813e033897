/** Removes a grant, after a dialog that says what follows. */
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
        title={`Remove the grant of ${grant.reference}?`}
        confirm="Remove it"
        isOpen={isAsking}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: close })}
      >
        <Text size="sm">
          Builds that use {grant.match === 'prefix' ? 'one of these secrets' : 'this secret'} can no longer start
          clusters, unless another grant covers it. Running clusters continue.
        </Text>
      </ConfirmDialog>
    </>
  )
}
