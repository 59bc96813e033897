/** What can be done with a cluster now; a viewer gets no actions. */
import type { Cluster, StartCluster } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import { focusAfter } from '../../ui/focus-after.ts'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { actOf } from './cluster-words.ts'
import { StartAgainDialog } from './start-again-dialog.tsx'
import { TerminateButton } from './terminate-button.tsx'
import classes from './cluster-actions.module.css'

export function ClusterActions({ cluster }: { cluster: Cluster }) {
  const { may } = useSession()
  if (!may('developer')) return null
  const act = actOf(cluster.state)
  if (act === 'start') return <StartActions cluster={cluster} />
  return act === null ? null : <TerminateButton cluster={cluster} isStart={act === 'cancel'} />
}

function StartActions({ cluster }: { cluster: Cluster }) {
  const { client } = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const button = useRef<HTMLButtonElement>(null)
  const [isChanging, setChanging] = useState(false)
  const start = useAct(
    async (changes: StartCluster) => {
      const changed = await client.clusters.start(cluster.id, changes)
      setChanging(false)
      focusAfter(button.current)
      queries.setQueryData(['clusters', 'one', changed.id], changed)
    },
    ['clusters'],
  )
  return (
    <>
      <ConfirmedAct
        renderButton={(ask) => (
          <Button variant="subtle" color="gray" onClick={ask}>
            Delete
          </Button>
        )}
        title={`Delete ${cluster.name}?`}
        confirm={`Delete ${cluster.name}`}
        act={async () => {
          await client.clusters.delete(cluster.id)
          // Before anything refetches: this page would ask for what is gone.
          await navigate({ to: '/clusters' })
          queries.removeQueries({ queryKey: ['clusters', 'one', cluster.id] })
        }}
        touched={['clusters']}
      >
        It disappears from the lists, and its name is free again. The records of its pulls stay.
      </ConfirmedAct>
      <Button variant="default" onClick={() => setChanging(true)}>
        Start with changes
      </Button>
      <Button ref={button} loading={start.isPending} onClick={() => start.mutate({})}>
        {cluster.generation === 0 ? 'Start' : 'Start again'}
      </Button>
      {start.error !== null && !isChanging && (
        <div className={classes.error}>
          <ProblemCard error={start.error} />
        </div>
      )}
      <StartAgainDialog
        cluster={cluster}
        isOpen={isChanging}
        isBusy={start.isPending}
        error={start.error}
        onStart={start.mutate}
        onClose={() => setChanging(false)}
      />
    </>
  )
}
