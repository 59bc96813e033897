/** Configurations › Cluster environments › Create new environment. */
import { EnvironmentForm } from '../../environment-form/environment-form.tsx'
import { emptyConfig } from '../../environment-form/form.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { Page } from '../../ui/page.tsx'
import { NoCloud } from '../clouds/no-cloud.tsx'
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
  if (!clouds.isPending && clouds.error === null && clouds.all.length === 0) {
    return (
      <NoCloud why="An environment belongs to a cloud, which determines where its nodes run and which secrets are allowed." />
    )
  }
  return <EnvironmentForm environment={null} initial={emptyConfig} />
}
