/** What can be done with a cluster now; a viewer gets no actions. */
import type { Cluster, StartCluster } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { actOf } from './cluster-words.ts'
import { StartAgainDialog } from './start-again-dialog.tsx'
import { TerminateDialog } from './terminate-dialog.tsx'
import classes from './cluster-actions.module.css'

type Opened = 'change' | 'terminate' | 'delete' | null

export function ClusterActions({ cluster }: { cluster: Cluster }) {
  const { client, may } = useSession()
  const queries = useQueryClient()
  const [opened, open] = useState<Opened>(null)
  const act = actOf(cluster.state)
  const onSuccess = (changed: Cluster) => {
    queries.setQueryData(['clusters', 'one', changed.id], changed)
    open(null)
  }
  // Another tab may have been faster: a rejection means that the page shows an old state.
  const onError = () => void queries.invalidateQueries({ queryKey: ['clusters'] })
  const start = useMutation({
    mutationFn: (changes: StartCluster) => client.clusters.start(cluster.id, changes),
    onSuccess,
    onError,
  })
  const terminate = useMutation({ mutationFn: () => client.clusters.terminate(cluster.id), onSuccess, onError })
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => client.clusters.delete(cluster.id),
    // Before the list refetches: this page would ask for what is gone.
    onSuccess: async () => {
      await navigate({ to: '/clusters' })
      queries.removeQueries({ queryKey: ['clusters', 'one', cluster.id] })
      await queries.invalidateQueries({ queryKey: ['clusters'] })
    },
    onError,
  })
  if (!may('developer')) return null
  return (
    <>
      {act === 'start' && (
        <>
          <Button variant="subtle" color="gray" onClick={() => open('delete')}>
            Delete
          </Button>
          <Button variant="default" onClick={() => open('change')}>
            Start with changes
          </Button>
          <Button loading={start.isPending} onClick={() => start.mutate({})}>
            {cluster.generation === 0 ? 'Start' : 'Start again'}
          </Button>
        </>
      )}
      {(act === 'terminate' || act === 'cancel') && (
        <Button variant="default" onClick={() => open('terminate')}>
          {act === 'cancel' ? 'Cancel the start' : 'Terminate'}
        </Button>
      )}
      {start.error !== null && opened === null && (
        <div className={classes.error}>
          <ProblemCard error={start.error} />
        </div>
      )}
      <StartAgainDialog
        cluster={cluster}
        isOpen={opened === 'change' && act === 'start'}
        isBusy={start.isPending}
        error={start.error}
        onStart={start.mutate}
        onClose={() => open(null)}
      />
      <ConfirmDialog
        title={`Delete ${cluster.name}?`}
        confirm={`Delete ${cluster.name}`}
        isOpen={opened === 'delete' && act === 'start'}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => open(null)}
      >
        It disappears from the lists, and its name is free again. The records of its pulls stay.
      </ConfirmDialog>
      <TerminateDialog
        cluster={cluster}
        // Another user may have ended it meanwhile: then there is nothing to ask.
        isOpen={opened === 'terminate' && (act === 'terminate' || act === 'cancel')}
        isBusy={terminate.isPending}
        error={terminate.error}
        onTerminate={() => terminate.mutate()}
        onClose={() => open(null)}
      />
    </>
  )
}
