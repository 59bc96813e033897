/** Accepts the nodes' AWS role again, after it was deleted and recreated: it has the same name, but it is a different role. */
import type { Cloud } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import { roleText } from './cloud-words.ts'

export function ResetRole({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  return (
    <ConfirmedAct
      renderButton={(ask) => (
        <Button variant="default" onClick={ask}>
          Accept the new role
        </Button>
      )}
      title={`Accept the new role of ${cloud.name}?`}
      confirm="Accept the next one"
      act={() => client.clouds.resetRole(cloud.id)}
      touched={['clouds']}
    >
      <List size="sm" spacing="xs">
        <List.Item>
          Do this after the role {roleText(cloud)?.name} was deleted and recreated, and machines have been refused since
          then.
        </List.Item>
        <List.Item>
          The role of the next machine that joins with this role name is accepted; machines with any other are refused
          from then on.
        </List.Item>
        <List.Item>Existing nodes stay.</List.Item>
      </List>
    </ConfirmedAct>
  )
}
