/** Revokes an API token, after a dialog that says what follows. */
import type { ApiToken } from '@fairlead/contract/wire'
import { Text } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { RowAction } from '../../ui/row-action.tsx'

export function RevokeToken({ token }: { token: ApiToken }) {
  const { client, me, signOut } = useSession()
  const [isAsking, setAsking] = useState(false)
  const revoke = useAct(() => client.apiTokens.revoke(token.id), ['tokens'])
  const isOwn = token.id === me.id
  const close = () => {
    setAsking(false)
    revoke.reset()
  }
  return (
    <>
      <RowAction text="Revoke" label={`Revoke ${token.name}`} onClick={() => setAsking(true)} />
      <ConfirmDialog
        title={`Revoke the token ${token.name}?`}
        confirm={`Revoke ${token.name}`}
        isOpen={isAsking}
        isBusy={revoke.isPending}
        error={revoke.error}
        onClose={close}
        onConfirm={() => revoke.mutate(undefined, { onSuccess: isOwn ? () => signOut('refused') : close })}
      >
        <Text size="sm">
          {isOwn
            ? 'You are signed in with it: you are signed out, and so is everybody else who has it.'
            : 'Whoever has it is refused from now on: people are signed out, and programs fail.'}{' '}
          This cannot be undone.
        </Text>
      </ConfirmDialog>
    </>
  )
}
