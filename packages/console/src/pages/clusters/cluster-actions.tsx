/** What can be done with a cluster now; a viewer gets no actions. */
import type { Cluster, StartCluster } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { actOf } from './cluster-words.ts'
import { StartAgainDialog } from './start-again-dialog.tsx'
import { TerminateDialog } from './terminate-dialog.tsx'
import classes from './cluster-actions.module.css'

type Opened = 'change' | 'terminate' | null

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
  if (!may('developer')) return null
  return (
    <>
      {act === 'start' && (
        <>
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
