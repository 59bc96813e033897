/** Machines › Nodes: which nodes exist, what they are, and what they do now. */
import type { Node, NodeState } from '@fairlead/contract/wire'
import { Checkbox, Group } from '@mantine/core'
import { useClouds } from '../../queries/use-clouds.ts'
import { useListSearch } from '../../queries/use-list-search.ts'
import { longList } from '../../queries/use-long-list.ts'
import { CloudLink, ResourceLink } from '../../resources/resource-link.tsx'
import { useSession } from '../../session/session.tsx'
import { ChoiceSelect, type Choice } from '../../ui/choice-select.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { NameSearch, useTypedName } from '../../ui/name-search.tsx'
import { Page } from '../../ui/page.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { formatBytes } from '../../ui/units.ts'
import { HeardText } from './heard-text.tsx'
import { NodeStateText } from './node-state.tsx'
import { machineText, programsText } from './node-words.ts'

const columns: readonly Column<Node, 'name' | 'joined_at'>[] = [
  {
    title: 'Name',
    sort: ['name', 'asc'],
    cell: ({ id, name }) => (
      <TextLink to="/nodes/$id" params={{ id }}>
        {name}
      </TextLink>
    ),
  },
  { title: 'State', cell: (node) => <NodeStateText node={node} /> },
  {
    title: 'Works for',
    cell: ({ cluster_id: id, checker }) =>
      id === null ? <span className="quiet">{checker ? 'checks' : 'free'}</span> : <ResourceLink id={id} />,
  },
  { title: 'Cloud', cell: ({ cloud_id: id }) => <CloudLink id={id} />, wideOnly: true },
  { title: 'Heard', cell: (node) => <HeardText node={node} />, wideOnly: true },
  { title: 'Machine', cell: (node) => <Told text={machineText(node)} />, wideOnly: true },
  {
    title: 'Free disk',
    isNumber: true,
    cell: ({ facts }) => <Told text={facts?.disk_free_bytes == null ? null : formatBytes(facts.disk_free_bytes)} />,
    wideOnly: true,
  },
  { title: 'Programs', cell: (node) => <Told text={programsText(node)} />, wideOnly: true },
  {
    title: 'Joined',
    sort: ['joined_at', 'desc'],
    cell: ({ joined_at }) => <TimeText at={joined_at} />,
    wideOnly: true,
  },
]

const stateChoices: readonly Choice<NodeState>[] = [
  { value: 'online', label: 'Online' },
  { value: 'lost', label: 'Lost' },
  { value: 'revoked', label: 'Revoked' },
]

function Told({ text }: { text: string | null }) {
  return text === null ? <span className="quiet">not told</span> : <span className="numbers">{text}</span>
}

export function NodesPage() {
  const { client } = useSession()
  const { search, change } = useListSearch('/nodes')
  const clouds = useClouds()
  const typedName = useTypedName(search.name)
  const { name, asked } = typedName
  const { cloud_id, state, waiting: has_waiting_pods, sort, order } = search
  const filter = { cloud_id, state, has_waiting_pods, sort, order }
  const list = longList(
    ['nodes', 'list', { name, ...filter }],
    (part, signal) => asked && client.nodes.list({ ...asked, ...filter, ...part }, { signal }),
  )
  const isNarrowed = name !== '' || cloud_id !== undefined || state !== undefined || has_waiting_pods === true
  return (
    <Page isWide title="Nodes" path={[{ text: 'Machines' }]}>
      <Group>
        <NameSearch search={typedName} onTyped={(text) => change({ name: text })} />
        <ChoiceSelect
          aria-label="Cloud"
          // Narrower than its options, which come later.
          w="10rem"
          any="All clouds"
          choices={clouds.all.map((one) => ({ value: one.id, label: one.name }))}
          value={cloud_id}
          onChoose={(id) => change({ cloud_id: id })}
        />
        <ChoiceSelect
          aria-label="State"
          any="Any state"
          choices={stateChoices}
          value={state}
          onChoose={(chosen) => change({ state: chosen })}
        />
        <Checkbox
          label="With waiting pods"
          checked={has_waiting_pods === true}
          onChange={({ currentTarget }) => change({ waiting: currentTarget.checked || undefined })}
        />
      </Group>
      <LongTable
        label="Nodes"
        unit={['node', 'nodes']}
        list={list}
        columns={columns}
        sorting={search}
        onSort={change}
        empty={isNarrowed ? <EmptyState title="No nodes match" /> : <NoNodes />}
      />
    </Page>
  )
}

function NoNodes() {
  const clouds = useClouds()
  const [only, ...others] = clouds.all
  const isOne = only !== undefined && others.length === 0
  return (
    <EmptyState
      title="No node yet"
      action={
        isOne ? (
          <LinkButton to="/clouds/$id" params={{ id: only.id }} hash="join">
            Join a machine to {only.name}
          </LinkButton>
        ) : (
          <LinkButton to="/clouds">Go to clouds</LinkButton>
        )
      }
    >
      <p>A node is a machine on which the agent runs. It joins a cloud with one command, shown on the cloud’s page.</p>
    </EmptyState>
  )
}
