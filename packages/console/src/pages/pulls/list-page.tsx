/** Records › Pulls: what was pulled and checked, by which node, with which decision. */
import type { PullRecord } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { usePages } from '../../queries/use-pages.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { formatBytes, formatDuration } from '../../ui/units.ts'
import classes from './list-page.module.css'
import { brokenChains } from './chain-words.ts'
import { ChainNotes } from './chain-notes.tsx'
import { DecisionText } from './decision-text.tsx'
import { ImageText } from './image-text.tsx'
import { PullFilters } from './pull-filters.tsx'
import { purposeText } from './pull-words.ts'
import { useAllNodes } from './use-names.ts'

const route = getRouteApi('/pulls')

export function PullsPage() {
  const { client, may } = useSession()
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const nodes = useAllNodes()
  const listed = usePages(['pulls', 'list', filter], (signal) => client.pulls.list(filter, { signal }))
  const nameOf = (id: string | null): string => nodes.find((node) => node.id === id)?.name ?? id ?? ''
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const shown = filter.node_id === undefined ? nodes : nodes.filter(({ id }) => id === filter.node_id)
  return (
    <Page isWide title="Pulls" path={[{ text: 'Records' }]}>
      <ChainNotes notes={brokenChains(shown)} />
      <PullFilters
        filter={filter}
        records={listed.items}
        onChange={(search) => void navigate({ search, replace: true })}
      />
      <ResourceTable
        label="Pulls"
        listed={listed}
        columns={columns(nameOf)}
        empty={
          isFiltered ? (
            <EmptyState title="No pulls match">
              <p>
                Choose another cluster, node, purpose or code, or show all.
                {shown.some((node) => node.pull_checkpoint !== undefined) && ' Old records were removed for age.'}
              </p>
            </EmptyState>
          ) : (
            <EmptyState
              title="No pulls yet"
              action={
                may('developer') && (
                  <Button renderRoot={(props) => <Link {...props} to="/cluster-environments/new" />}>
                    Create a cluster environment
                  </Button>
                )
              }
            >
              <p>
                Each time a node checks a build or pulls an image, it adds one record here: the decision, the digest,
                bytes and times. The check of a new cluster environment adds the first one.
              </p>
            </EmptyState>
          )
        }
      />
    </Page>
  )
}

function columns(nameOf: (id: string | null) => string): readonly Column<PullRecord>[] {
  return [
    {
      title: 'When',
      cell: ({ started_at }) => (
        <span className={classes.when}>
          <TimeText at={started_at} />
        </span>
      ),
      wideOnly: true,
    },
    {
      title: 'Image',
      cell: (record) => (
        <>
          <TextLink to="/pulls/$id" params={{ id: record.id }}>
            <ImageText record={record} />
          </TextLink>
          <div className={classes.narrowOnly}>
            <TimeText at={record.started_at} />
          </div>
        </>
      ),
    },
    { title: 'Node', cell: ({ node_id }) => <bdi className={classes.node}>{nameOf(node_id)}</bdi>, wideOnly: true },
    { title: 'For', cell: (record) => purposeText(record), wideOnly: true },
    { title: 'Decision', cell: (record) => <DecisionText record={record} /> },
    {
      title: 'Bytes',
      cell: ({ bytes }) => <span className={classes.number}>{formatBytes(bytes)}</span>,
      wideOnly: true,
    },
    {
      title: 'Took',
      cell: ({ duration_ms }) => <span className={classes.number}>{formatDuration(duration_ms)}</span>,
      wideOnly: true,
    },
  ]
}
