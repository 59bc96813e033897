/** Administration › API tokens: who may call, with which role, in which clouds, until when; and who is signed in. */
import { expiresSoon, TokenKind, tokenState, type ApiToken } from '@fairlead/contract/wire'
import { Group, NativeSelect } from '@mantine/core'
import { sortedPart } from '../../queries/sorted-part.ts'
import { useListSearch } from '../../queries/use-list-search.ts'
import type { LongList } from '../../queries/use-long-list.ts'
import { CloudNames } from '../../resources/cloud-names.tsx'
import { serverNow } from '../../session/server-clock.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { LongTable } from '../../ui/long-table.tsx'
import type { Column } from '../../ui/resource-table.tsx'
import { StateBadge, type Tone } from '../../ui/state-badge.tsx'
import { EndText, TimeText, useNow } from '../../ui/time-text.tsx'
import { AdminOnly } from '../admin-only.tsx'
import { CreateToken } from './create-token.tsx'
import { RevokeToken } from './revoke-token.tsx'

/** There are few. */
const mostTokens = 2000

const columns: readonly Column<ApiToken, 'name' | 'role' | 'expires_at' | 'created_at' | 'last_used_at'>[] = [
  { title: 'Name', sort: ['name', 'asc'], cell: (token) => <TokenName token={token} /> },
  { title: 'Role', sort: ['role', 'asc'], cell: ({ role }) => role },
  { title: 'Clouds', cell: ({ cloud_ids: ids }) => <CloudNames ids={ids} />, wideOnly: true },
  { title: 'State', cell: (token) => <TokenState token={token} /> },
  {
    title: 'Expires',
    sort: ['expires_at', 'asc'],
    cell: ({ expires_at }) => <EndText at={expires_at} />,
    wideOnly: true,
  },
  {
    title: 'Created',
    sort: ['created_at', 'desc'],
    cell: ({ created_at }) => <TimeText at={created_at} />,
    wideOnly: true,
  },
  {
    title: 'Last used',
    sort: ['last_used_at', 'desc'],
    cell: ({ last_used_at }) => <TimeText at={last_used_at} />,
    wideOnly: true,
  },
  { title: 'Action', cell: (token) => tokenState(token, serverNow()) === 'valid' && <RevokeToken token={token} /> },
]

function TokenName({ token: { id, name } }: { token: ApiToken }) {
  const { me } = useSession()
  return (
    <>
      {name}
      {id === me.id && <span className="quiet"> the one you use now</span>}
    </>
  )
}

const tones: Readonly<Record<string, Tone>> = { valid: 'good', 'expires soon': 'warn' }
const everyMs = 60_000

const kinds: readonly (readonly [TokenKind, string])[] = [
  ['token', 'Tokens'],
  ['session', 'Sessions'],
]

function TokenState({ token }: { token: ApiToken }) {
  const now = useNow(everyMs)
  const state = expiresSoon(token, now) ? 'expires soon' : tokenState(token, now)
  return <StateBadge state={state} tone={tones[state] ?? 'idle'} />
}

export function TokensPage() {
  return <AdminOnly title="API tokens">{() => <Tokens />}</AdminOnly>
}

function Tokens() {
  const { client } = useSession()
  const { search, change } = useListSearch('/tokens')
  const { sort, order, kind = 'token' } = search
  const list: LongList<ApiToken> = {
    key: ['tokens', 'list', { kind, sort, order }],
    read: async (part, signal) =>
      sortedPart((await client.apiTokens.list({ kind }, { signal }).take(mostTokens)).results, search, part),
  }
  return (
    <Page isWide title="API tokens" path={[{ text: 'Administration' }]} actions={<CreateToken />}>
      <Group>
        <NativeSelect
          aria-label="Kind"
          data={kinds.map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={({ currentTarget: { value } }) => change({ kind: TokenKind.safeParse(value).data })}
        />
      </Group>
      <LongTable
        label="API tokens"
        unit={kind === 'token' ? ['token', 'tokens'] : ['session', 'sessions']}
        list={list}
        columns={columns}
        sorting={search}
        onSort={change}
        empty={<EmptyState title={kind === 'token' ? 'No token' : 'No session'} />}
      />
    </Page>
  )
}
