/** Start a cluster: a name, a build, and how many workers. */
import { Name } from '@fairlead/contract/names'
import { type Cluster } from '@fairlead/contract/wire'
import { Button, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { LeaveQuestion } from '../../ui/leave-question.tsx'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { splitIdentifier } from './builds-to-start.ts'
import { clustersPath } from './clusters-path.ts'
import { ExistingCluster } from './existing-cluster.tsx'
import { freeName } from './free-name.ts'
import { NothingToStart } from './nothing-to-start.tsx'
import { PinSwitch, WorkersInput } from './start-fields.tsx'
import { StartSummary } from './start-summary.tsx'
import { EnvironmentPicker } from './environment-picker.tsx'
import { useChosenBuild } from './use-chosen-build.ts'
import { actOf } from './cluster-words.ts'
import classes from './start-page.module.css'

const route = getRouteApi('/clusters/new')
const typingMs = 250

export function StartClusterPage() {
  const { may } = useSession()
  return (
    <Page title="Start a cluster" path={clustersPath}>
      {may('developer') ? (
        <StartFormOrStep />
      ) : (
        <EmptyState title="Viewers cannot start clusters">
          <p>Ask an admin for a token with the role developer.</p>
        </EmptyState>
      )}
    </Page>
  )
}

/** The form, or the next step if there is nothing to start. */
function StartFormOrStep() {
  const { client } = useSession()
  const { environment } = route.useSearch()
  const isChosen = environment !== undefined
  const { data: any, isPending } = useQuery({
    queryKey: ['cluster-environments', 'any'],
    queryFn: ({ signal }) => client.clusterEnvironments.list({}, { signal }).first(),
    enabled: !isChosen,
  })
  if (!isChosen && isPending) return <Skeleton height="22rem" />
  return !isChosen && any === null ? <NothingToStart /> : <StartForm />
}

function StartForm() {
  const { client } = useSession()
  const queries = useQueryClient()
  const { environment = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const chosen = useChosenBuild(environment)
  // Until the user types a name: the environment's, or a free one like it.
  const [typed, setTyped] = useState<string | null>(null)
  const proposed = useFreeName(splitIdentifier(environment).name)
  const name = typed ?? proposed
  const [workers, setWorkers] = useState(0)
  const [pin, setPin] = useState(true)
  const isName = Name.safeParse(name).success
  const existing = useClusterNamed(isName ? name : '')

  const start = useMutation({
    mutationFn: () =>
      client.launchCluster(
        {
          name,
          cluster_environment: chosen.identifier ?? environment,
          worker_count: workers,
          pin_digest: pin,
        },
        { wait: false },
      ),
    onSuccess: (cluster) => {
      queries.setQueryData(['clusters', 'one', cluster.id], cluster)
      return navigate({ to: '/clusters/$id', params: { id: cluster.id }, ignoreBlocker: true })
    },
  })

  const isTaken = existing !== null && actOf(existing.state) !== 'start'
  const canStart = isName && chosen.build !== null && chosen.canStart && !isTaken
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (canStart) start.mutate()
      }}
    >
      <LeaveQuestion isUnsaved={name !== proposed || workers !== 0 || !pin} />
      <div className={classes.fields}>
        <EnvironmentPicker
          identifier={environment}
          chosen={chosen}
          onChange={(identifier) => void navigate({ search: { environment: identifier || undefined }, replace: true })}
        />
        <TextInput
          label="Name of the cluster"
          description="If a cluster with this name exists, it is started again."
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={name !== '' && !isName ? 'Use letters, digits, . _ and -, at most 128' : null}
        />
        {existing !== null && <ExistingCluster cluster={existing} />}
        <WorkersInput value={workers} onChange={setWorkers} />
        <PinSwitch pin={pin} onChange={setPin} build={chosen.build} />
        {start.error !== null && <ProblemCard error={start.error} />}
        <div className={classes.buttons}>
          <Button type="submit" loading={start.isPending} disabled={!canStart}>
            Start the cluster
          </Button>
          <LinkButton variant="subtle" color="gray" to="/clusters">
            Cancel
          </LinkButton>
        </div>
      </div>
      <StartSummary chosen={chosen} workers={workers} />
    </form>
  )
}

const mostAlike = 200

/** Empty until known. */
function useFreeName(wanted: string): string {
  const { client } = useSession()
  const isName = Name.safeParse(wanted).success
  const { data, isPending } = useQuery({
    queryKey: ['clusters', 'alike', wanted],
    queryFn: ({ signal }) => client.clusters.list({ name_contains: wanted }, { signal }).take(mostAlike),
    enabled: isName,
  })
  if (!isName) return ''
  const running = (data?.results ?? []).filter(({ state }) => actOf(state) !== 'start')
  return isPending ? '' : freeName(wanted, new Set(running.map(({ name }) => name)))
}

/** The cluster that already has this name, which a start would start again. */
function useClusterNamed(name: string): Cluster | null {
  const { client } = useSession()
  const [settled] = useDebouncedValue(name, typingMs)
  const { data } = useQuery({
    queryKey: ['clusters', 'named', settled],
    queryFn: ({ signal }) => client.clusters.list({ name: settled }, { signal }).first(),
    enabled: settled !== '',
  })
  return data?.name === name ? data : null
}
