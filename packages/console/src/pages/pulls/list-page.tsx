/** Records › Pulls: what was pulled and checked, by which node, with which decision. */
import type { PullRecord } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { longList, partQuery } from '../../queries/use-long-list.ts'
import { ResourceLink } from '../../resources/resource-link.tsx'
import { serverNow } from '../../session/server-clock.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { megabytes, seconds } from '../../ui/units.ts'
import classes from './list-page.module.css'
import { brokenChains } from './chain-words.ts'
import { ChainNotes } from './chain-notes.tsx'
import { DecisionText } from './decision-text.tsx'
import { ImageText } from './image-text.tsx'
import { pulledForText } from './pod-words.ts'
import { PullFilters } from './pull-filters.tsx'
import { purposeText } from './pull-words.ts'
import { startOf } from './period.ts'

const route = getRouteApi('/pulls')
/** What to do about the worst of them comes first. */
const mostNotes = 20

const columns: readonly Column<PullRecord, 'bytes' | 'duration_ms'>[] = [
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
          {pulledForText(record)}
          <div>
            <TimeText at={record.started_at} />
          </div>
        </div>
      </>
    ),
  },
  {
    title: 'Node',
    cell: ({ node_id: id }) => <bdi className={classes.node}>{id !== null && <ResourceLink id={id} />}</bdi>,
    wideOnly: true,
  },
  { title: 'For', cell: (record) => pulledForText(record) ?? purposeText(record), wideOnly: true },
  { title: 'Decision', cell: (record) => <DecisionText record={record} /> },
  {
    title: 'MB',
    isNumber: true,
    sort: ['bytes', 'desc'],
    cell: ({ bytes }) => (bytes === 0 ? '–' : megabytes(bytes)),
    wideOnly: true,
  },
  {
    title: 'Seconds',
    isNumber: true,
    sort: ['duration_ms', 'desc'],
    cell: ({ duration_ms }) => seconds(duration_ms),
    wideOnly: true,
  },
]

export function PullsPage() {
  const { client, may } = useSession()
  const search = route.useSearch()
  const { sort, order, ...filter } = search
  const navigate = route.useNavigate()
  const { within, ...asked } = filter
  const list = longList(['pulls', 'list', search], (part, signal) =>
    client.pulls.list({ ...asked, since: startOf(within, serverNow()), sort, order, ...part }, { signal }),
  )
  const { data: first } = useQuery(partQuery(list, 0))
  const { data: broken } = useQuery({
    queryKey: ['nodes', 'broken-chains'],
    queryFn: ({ signal }) => client.nodes.list({ has_broken_chain: true }, { signal }).take(mostNotes),
  })
  const notes = brokenChains(broken?.results ?? []).filter(({ id }) => id === (filter.node_id ?? id))
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <Page isWide title="Pulls" path={[{ text: 'Records' }]}>
      <ChainNotes notes={notes} />
      <PullFilters
        filter={filter}
        records={first?.results ?? []}
        onChange={(changed) => void navigate({ search: { sort, order, ...changed }, replace: true })}
      />
      <LongTable
        label="Pulls"
        unit={['record', 'records']}
        list={list}
        columns={columns}
        sorting={search}
        onSort={(sorting) => void navigate({ search: { ...filter, ...sorting }, replace: true })}
        empty={
          isFiltered ? (
            <EmptyState title="No pulls match">
              <p>Change a filter, or show all. Old records may have been removed for age.</p>
            </EmptyState>
          ) : (
            <EmptyState
              title="No pulls yet"
              action={
                may('developer') && <LinkButton to="/cluster-environments/new">Create a cluster environment</LinkButton>
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
