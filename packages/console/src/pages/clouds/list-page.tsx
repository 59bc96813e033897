/** Machines › Clouds: where nodes run, how they join, and which secrets they may name. */
import type { Cloud } from '@fairlead/contract/wire'
import { IconPlus } from '@tabler/icons-react'
import { sortedPart } from '../../queries/sorted-part.ts'
import { useListSearch } from '../../queries/use-list-search.ts'
import type { LongList } from '../../queries/use-long-list.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { joinWords, placeText, providerWords } from './cloud-words.ts'
import { useMayCreateClouds } from './use-may-create-clouds.ts'

/** There are few. */
const mostClouds = 2000

const columns: readonly Column<Cloud, 'name' | 'provider' | 'created_at'>[] = [
  {
    title: 'Name',
    sort: ['name', 'asc'],
    cell: ({ id, name }) => (
      <TextLink to="/clouds/$id" params={{ id }}>
        {name}
      </TextLink>
    ),
  },
  { title: 'Provider', sort: ['provider', 'asc'], cell: ({ provider }) => providerWords[provider] },
  { title: 'Where', cell: placeText, wideOnly: true },
  { title: 'Machines join', cell: ({ join }) => joinWords[join], wideOnly: true },
  {
    title: 'Secrets',
    cell: ({ allow_any_secret: isAny }) => (isAny ? <StateBadge state="any" tone="warn" /> : 'only granted ones'),
  },
  {
    title: 'Created',
    sort: ['created_at', 'desc'],
    cell: ({ created_at }) => <TimeText at={created_at} />,
    wideOnly: true,
  },
]

export function CloudsPage() {
  const { client } = useSession()
  const mayCreate = useMayCreateClouds()
  const { search, change } = useListSearch('/clouds')
  const { sort, order } = search
  const list: LongList<Cloud> = {
    key: ['clouds', 'list', { sort, order }],
    read: async (part, signal) =>
      sortedPart((await client.clouds.list({}, { signal }).take(mostClouds)).results, search, part),
  }
  const create = mayCreate && (
    <LinkButton leftSection={<IconPlus size={16} />} to="/clouds/new">
      Create a cloud
    </LinkButton>
  )
  return (
    <Page isWide title="Clouds" path={[{ text: 'Machines' }]} actions={create}>
      <LongTable
        label="Clouds"
        unit={['cloud', 'clouds']}
        list={list}
        columns={columns}
        sorting={search}
        onSort={change}
        empty={
          <EmptyState title="No cloud yet" action={create}>
            <p>
              A cloud describes where nodes run, how they read secrets, and which secrets are allowed. Your own machines
              are a cloud, too.
            </p>
            {!mayCreate && <p>An admin whose token is not limited to clouds can create one.</p>}
          </EmptyState>
        }
      />
    </Page>
  )
}
