/** Deletes a cloud, after a dialog that says what must be gone before. */
import type { Cloud } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'

export function DeleteCloud({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  return (
    <ConfirmedAct
      renderButton={(ask) => (
        <Button variant="default" onClick={ask}>
          Delete
        </Button>
      )}
      title={`Delete ${cloud.name}?`}
      confirm={`Delete ${cloud.name}`}
      act={async () => {
        await client.clouds.delete(cloud.id)
        // Before anything refetches: this page would ask for what is gone.
        await navigate({ to: '/clouds', ignoreBlocker: true })
        queries.removeQueries({ queryKey: ['clouds', 'one', cloud.id] })
      }}
      touched={['clouds']}
    >
      <List size="sm" spacing="xs">
        <List.Item>It must have no nodes, no clusters that have not ended, and no environments.</List.Item>
        <List.Item>Records of what ran in it stay. Nothing in the cloud itself is deleted.</List.Item>
        <List.Item>This cannot be undone. Its name is free again.</List.Item>
      </List>
    </ConfirmedAct>
  )
}
