/** Accepts the nodes' AWS role again, after it was deleted and recreated: it has the same name, but it is a different role. */
import type { Cloud } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { roleText } from './cloud-words.ts'

export function ResetRole({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  const [isAsking, setAsking] = useState(false)
  const reset = useAct(() => client.clouds.resetRole(cloud.id), ['clouds'])
  const close = () => {
    setAsking(false)
    reset.reset()
  }
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Accept the new role
      </Button>
      <ConfirmDialog
        title={`Accept the new role of ${cloud.name}?`}
        confirm="Accept the next one"
        isOpen={isAsking}
        isBusy={reset.isPending}
        error={reset.error}
        onClose={close}
        onConfirm={() => reset.mutate(undefined, { onSuccess: close })}
      >
        <List size="sm" spacing="xs">
          <List.Item>
            Do this after the role {roleText(cloud)?.name} was deleted and recreated, and machines have been refused
            since then.
          </List.Item>
          <List.Item>
            The role of the next machine that joins with this role name is accepted; machines with any other are refused
            from then on.
          </List.Item>
          <List.Item>Existing nodes stay.</List.Item>
        </List>
      </ConfirmDialog>
    </>
  )
}
