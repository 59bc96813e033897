/** Deletes a cloud, after a dialog that says what must be gone before. */
import type { Cloud } from '@fairlead/contract/wire'
import { Button, List } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

export function DeleteCloud({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => client.clouds.delete(cloud.id),
    // Before the list refetches: this page would ask for what is gone.
    onSuccess: async () => {
      await navigate({ to: '/clouds' })
      queries.removeQueries({ queryKey: ['clouds', 'one', cloud.id] })
      for (const kind of ['clouds', 'audit']) void queries.invalidateQueries({ queryKey: [kind] })
    },
  })
  const close = () => {
    setAsking(false)
    remove.reset()
  }
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${cloud.name}?`}
        confirm={`Delete ${cloud.name}`}
        isOpen={isAsking}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate()}
      >
        <List size="sm" spacing="xs">
          <List.Item>It must have no nodes, no clusters that have not ended, and no environments.</List.Item>
          <List.Item>Records of what ran in it stay. Nothing in the cloud itself is deleted.</List.Item>
          <List.Item>This cannot be undone. Its name is free again.</List.Item>
        </List>
      </ConfirmDialog>
    </>
  )
}
