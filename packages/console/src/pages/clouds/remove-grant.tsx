/** Removes a grant, after a dialog that says what follows. */
import type { Grant } from '@fairlead/contract/wire'
import { Text } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import { RowAction } from '../../ui/row-action.tsx'

export function RemoveGrant({ grant }: { grant: Grant }) {
  const { client } = useSession()
  return (
    <ConfirmedAct
      renderButton={(ask) => <RowAction text="Remove" label={`Remove the grant of ${grant.reference}`} onClick={ask} />}
      title={`Remove the grant of ${grant.reference}?`}
      confirm="Remove it"
      act={() => client.clouds.revokeGrant(grant.cloud_id, grant.id)}
      touched={['clouds']}
    >
      <Text size="sm">
        Builds that use {grant.match === 'prefix' ? 'one of these secrets' : 'this secret'} can no longer start
        clusters, unless another grant covers it. Running clusters continue.
      </Text>
    </ConfirmedAct>
  )
}
