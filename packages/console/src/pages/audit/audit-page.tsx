/** Administration › Audit: which administrator did what, to what, and with what result. */
import { AuditAct, type AuditEvent } from '@fairlead/contract/wire'
import { Group } from '@mantine/core'
import { useListSearch } from '../../queries/use-list-search.ts'
import { longList } from '../../queries/use-long-list.ts'
import { ResourceLink } from '../../resources/resource-link.tsx'
import { useTokens } from '../../resources/use-tokens.ts'
import { useSession } from '../../session/session.tsx'
import { ChoiceSelect } from '../../ui/choice-select.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemLink } from '../../ui/problem-card.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { AdminOnly } from '../admin-only.tsx'
import { actWords, subjectsOf } from './audit-words.ts'
import classes from './audit-page.module.css'

const columns: readonly Column<AuditEvent>[] = [
  { title: 'When', cell: ({ at }) => <TimeText at={at} /> },
  {
    title: 'Who',
    cell: ({ token_id: id, token_name: name, role }) =>
      name === null ? (
        'the operator who started the control plane'
      ) : (
        <>
          <span title={id ?? undefined}>{name}</span> {role !== null && <span className="quiet">{role}</span>}
        </>
      ),
  },
  {
    title: 'Did',
    cell: (event) => (
      <>
        {actWords[event.act]}
        <div className={classes.narrowOnly}>
          <Subjects event={event} />
        </div>
      </>
    ),
  },
  { title: 'On', cell: (event) => <Subjects event={event} />, wideOnly: true },
  {
    title: 'Outcome',
    cell: ({ outcome }) => (outcome === 'done' ? <StateBadge state="done" /> : <ProblemLink code={outcome} />),
  },
]

function Subjects({ event }: { event: AuditEvent }) {
  return (
    <span className={classes.subjects}>
      {subjectsOf(event).map((id) => (
        <ResourceLink key={id} id={id} cloudId={event.cloud_id} />
      ))}
    </span>
  )
}

export function AuditPage() {
  return <AdminOnly title="Audit">{() => <Audit />}</AdminOnly>
}

function Audit() {
  const { client } = useSession()
  const { search, change } = useListSearch('/audit')
  const { act, token_id } = search
  const tokens = useTokens()
  const list = longList(['audit', 'list', { act, token_id }], (part, signal) =>
    client.audit.list({ act, token_id, ...part }, { signal }),
  )
  const isNarrowed = act !== undefined || token_id !== undefined
  return (
    <Page isWide title="Audit" path={[{ text: 'Administration' }]}>
      <Group>
        <ChoiceSelect
          aria-label="What was done"
          any="Everything"
          choices={AuditAct.options.map((value) => ({ value, label: actWords[value] }))}
          value={act}
          onChoose={(wanted) => change({ act: wanted })}
        />
        <ChoiceSelect
          aria-label="Who did it"
          maw="16rem"
          any="Everybody"
          choices={tokens.map(({ id, name, revoked_at }) => ({
            value: id,
            label: revoked_at === null ? name : `${name} (revoked)`,
          }))}
          value={token_id}
          onChoose={(wanted) => change({ token_id: wanted })}
        />
      </Group>
      <LongTable
        label="Audit"
        unit={['act', 'acts']}
        list={list}
        columns={columns}
        sorting={{}}
        onSort={() => undefined}
        empty={<EmptyState title={isNarrowed ? 'No acts match' : 'No acts yet'} />}
      />
    </Page>
  )
}
