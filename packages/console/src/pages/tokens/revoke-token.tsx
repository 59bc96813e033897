/** Revokes an API token, after a dialog that says what follows. */
import type { ApiToken } from '@fairlead/contract/wire'
import { Text } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import { RowAction } from '../../ui/row-action.tsx'

export function RevokeToken({ token }: { token: ApiToken }) {
  const { client, me, signOut } = useSession()
  const isOwn = token.id === me.id
  return (
    <ConfirmedAct
      renderButton={(ask) => <RowAction text="Revoke" label={`Revoke ${token.name}`} onClick={ask} />}
      title={`Revoke the token ${token.name}?`}
      confirm={`Revoke ${token.name}`}
      act={async () => {
        await client.apiTokens.revoke(token.id)
        if (isOwn) signOut('refused')
      }}
      touched={['tokens']}
    >
      <Text size="sm">
        {isOwn
          ? 'You are signed in with it: you are signed out, and so is everybody else who has it.'
          : 'Whoever has it is refused from now on: people are signed out, and programs fail.'}{' '}
        This cannot be undone.
      </Text>
    </ConfirmedAct>
  )
}
