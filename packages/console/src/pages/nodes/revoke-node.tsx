/** Revokes the trust in a node, after a dialog that says what follows. */
import type { Node } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useState } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { ClusterLink } from '../../resources/resource-link.tsx'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import classes from './revoke-node.module.css'

export function RevokeNode({ node }: { node: Node }) {
  const { client } = useSession()
  const [isAsking, setAsking] = useState(false)
  const revoke = useAct(() => client.nodes.revoke(node.id), ['nodes', 'clusters'])
  const close = () => {
    setAsking(false)
    revoke.reset()
  }
  return (
    <>
      <Button variant="default" leftSection={<IconBan size={16} />} onClick={() => setAsking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        title={`Revoke ${node.name}?`}
        confirm={`Revoke ${node.name}`}
        isOpen={isAsking}
        isBusy={revoke.isPending}
        error={revoke.error}
        onClose={close}
        onConfirm={() => revoke.mutate(undefined, { onSuccess: close })}
      >
        <List size="sm" spacing="xs">
          <List.Item>It is cut off at once: its key is refused, its agent ends, and it gets no more orders.</List.Item>
          {node.cluster_id !== null && (
            <List.Item className={classes.sentence}>
              The cluster <ClusterLink id={node.cluster_id} /> fails with NODE_REVOKED, and stops on its other nodes.
            </List.Item>
          )}
          <List.Item>
            Containers on the machine keep running, even after the machine joins again: remove them on the machine.
          </List.Item>
          <List.Item>Another node takes over its unfinished checks.</List.Item>
          <List.Item>This cannot be undone. The machine can join again, as a new node.</List.Item>
        </List>
      </ConfirmDialog>
    </>
  )
}
