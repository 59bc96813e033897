/** Revokes the trust in a node, after a dialog that says what follows. */
import type { Node } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { ResourceLink } from '../../resources/resource-link.tsx'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import classes from './revoke-node.module.css'

export function RevokeNode({ node }: { node: Node }) {
  const { client } = useSession()
  return (
    <ConfirmedAct
      renderButton={(ask) => (
        <Button variant="default" leftSection={<IconBan size={16} />} onClick={ask}>
          Revoke
        </Button>
      )}
      title={`Revoke ${node.name}?`}
      confirm={`Revoke ${node.name}`}
      act={() => client.nodes.revoke(node.id)}
      touched={['nodes', 'clusters']}
    >
      <List size="sm" spacing="xs">
        <List.Item>It is cut off at once: its key is refused, its agent ends, and it gets no more orders.</List.Item>
        {node.cluster_id !== null && (
          <List.Item className={classes.sentence}>
            The cluster <ResourceLink id={node.cluster_id} /> fails with NODE_REVOKED, and stops on its other nodes.
          </List.Item>
        )}
        <List.Item>
          Containers on the machine keep running, even after the machine joins again: remove them on the machine.
        </List.Item>
        <List.Item>Another node takes over its unfinished checks.</List.Item>
        <List.Item>This cannot be undone. The machine can join again, as a new node.</List.Item>
      </List>
    </ConfirmedAct>
  )
}
