/** The name is taken: the input can become the next build of the environment that has it. */
import type { ClusterEnvironment } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { namedEnvironmentQuery } from '../queries/resource-queries.ts'
import { useSession } from '../session/session.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { Note } from '../ui/note.tsx'

export function NameInUse({
  name,
  cloudId,
  isSending,
  onAdd,
}: {
  name: string
  cloudId: string
  isSending: boolean
  onAdd: (environment: ClusterEnvironment) => void
}) {
  const { client } = useSession()
  const { data: environment } = useQuery(namedEnvironmentQuery(client, { name, include_archived: true }))
  if (!environment) return null
  const link = (
    <TextLink to="/cluster-environments/$id" params={{ id: environment.id }}>
      {environment.name}
    </TextLink>
  )
  if (environment.archived_at !== null) return <Note tone="plain">{link} is archived, and keeps its name.</Note>
  if (environment.cloud_id !== cloudId) return <Note tone="plain">{link} belongs to another cloud.</Note>
  return (
    <Note tone="plain">
      {link} has {environment.latest_build.revision === 1 ? 'one build' : `${environment.latest_build.revision} builds`}
      .{' '}
      <Button variant="light" size="compact-sm" loading={isSending} onClick={() => onAdd(environment)}>
        Add this as build {environment.latest_build.revision + 1}
      </Button>
    </Note>
  )
}
