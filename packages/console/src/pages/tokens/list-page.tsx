/** Administration › API tokens: who may call, with which role, in which clouds. */
import type { ApiToken } from '@fairlead/contract/wire'
import { usePages } from '../../queries/use-pages.ts'
import { CloudNames } from '../../resources/cloud-names.tsx'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { AdminOnly } from '../admin-only.tsx'
import { CreateToken } from './create-token.tsx'
import { RevokeToken } from './revoke-token.tsx'

const columns: readonly Column<ApiToken>[] = [
  { title: 'Name', cell: (token) => <TokenName token={token} /> },
  { title: 'Role', cell: ({ role }) => role },
  { title: 'Clouds', cell: ({ cloud_ids: ids }) => <CloudNames ids={ids} />, wideOnly: true },
  {
    title: 'State',
    cell: ({ revoked_at }) =>
      revoked_at === null ? <StateBadge state="valid" tone="good" /> : <StateBadge state="revoked" />,
  },
  { title: 'Made', cell: ({ created_at }) => <TimeText at={created_at} />, wideOnly: true },
  { title: 'Last used', cell: ({ last_used_at }) => <TimeText at={last_used_at} />, wideOnly: true },
  { title: 'Action', cell: (token) => token.revoked_at === null && <RevokeToken token={token} /> },
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

export function TokensPage() {
  return <AdminOnly title="API tokens">{() => <Tokens />}</AdminOnly>
}

function Tokens() {
  const { client } = useSession()
  const listed = usePages(['tokens', 'list'], (signal) => client.apiTokens.list({}, { signal }))
  return (
    <Page isWide title="API tokens" path={[{ text: 'Administration' }]} actions={<CreateToken />}>
      <ResourceTable label="API tokens" listed={listed} columns={columns} empty={<EmptyState title="No token" />} />
    </Page>
  )
}
