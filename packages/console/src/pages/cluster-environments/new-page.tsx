/** Configurations › Cluster environments › Create new environment. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EnvironmentForm } from '../../environment-form/environment-form.tsx'
import { emptyConfig } from '../../environment-form/form.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { useMayCreateClouds } from '../clouds/use-may-create-clouds.ts'
import { environmentsPath } from './environments-path.ts'
import { LookOnly } from './look-only.tsx'

export function NewEnvironmentPage() {
  const { may } = useSession()
  return (
    <Page title="Create new environment" path={environmentsPath}>
      {may('developer') ? <NewEnvironment /> : <LookOnly />}
    </Page>
  )
}

function NewEnvironment() {
  const clouds = useClouds()
  const mayCreate = useMayCreateClouds()
  if (!clouds.isPending && clouds.error === null && clouds.all.length === 0) {
    const create = <Button renderRoot={(props) => <Link {...props} to="/clouds/new" />}>Create a cloud</Button>
    return (
      <EmptyState title="There is no cloud yet" action={mayCreate ? create : undefined}>
        <p>An environment belongs to a cloud, which says where its nodes live and which secrets may be named.</p>
        {!mayCreate && <p>An admin makes one.</p>}
      </EmptyState>
    )
  }
  return <EnvironmentForm environment={null} initial={emptyConfig} />
}
