/** Which secrets a cloud may name, and for which registries (S13). */
import type { Cloud, Grant } from '@fairlead/contract/wire'
import { Text } from '@mantine/core'
import { Note } from '../../ui/note.tsx'
import { usePages } from '../../queries/use-pages.ts'
import { useSession } from '../../session/session.tsx'
import { Section } from '../../ui/page.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { GrantForm } from './grant-form.tsx'
import { RemoveGrant } from './remove-grant.tsx'

const columns: readonly Column<Grant>[] = [
  {
    title: 'Secret',
    cell: ({ reference, match }) => (
      <>
        {match === 'prefix' && <span className="quiet">all that start with </span>}
        <span className="mono">{reference}</span>
      </>
    ),
  },
  {
    title: 'For images of',
    cell: ({ registries }) =>
      registries.length === 0 ? 'any registry' : <span className="mono">{registries.join(', ')}</span>,
  },
  { title: 'Granted', cell: ({ created_at }) => <TimeText at={created_at} />, wideOnly: true },
]

const columnsOfAdmin: readonly Column<Grant>[] = [
  ...columns,
  { title: 'Action', cell: (grant) => <RemoveGrant grant={grant} /> },
]

export function GrantsSection({ cloud }: { cloud: Cloud }) {
  const { client, may } = useSession()
  const isAdmin = may('admin')
  const listed = usePages(['clouds', 'granted', cloud.id], (signal) => client.clouds.grants(cloud.id, { signal }))
  return (
    <Section title="Allowed secrets">
      {cloud.allow_any_secret && (
        <Note tone="warn">
          Any secret: everybody who may build here can use any secret that the nodes can read. Grants would change
          nothing.
        </Note>
      )}
      {(!cloud.allow_any_secret || listed.items.length > 0) && (
        <ResourceTable
          label="Granted secrets"
          listed={listed}
          columns={isAdmin ? columnsOfAdmin : columns}
          empty={
            <Text size="sm" className="quiet">
              No secret is allowed yet, so only images without a login can be pulled.
            </Text>
          }
        />
      )}
      {isAdmin && !cloud.allow_any_secret && <GrantForm cloud={cloud} grants={listed.items} />}
    </Section>
  )
}
