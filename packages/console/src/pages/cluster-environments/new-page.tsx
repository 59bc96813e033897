/** Configurations › Cluster environments › Create new environment. */
import { EnvironmentForm } from '../../environment-form/environment-form.tsx'
import { emptyConfig } from '../../environment-form/form.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
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
      <EmptyState title="There is no cloud yet">
        <p>An environment belongs to a cloud, which says where the nodes live. An admin makes one:</p>
        <CopyBlock label="command that makes a cloud" text="fairlead cloud create -n NAME --provider aws|gcp|local" />
      </EmptyState>
    )
  }
  return <EnvironmentForm environment={null} initial={emptyConfig} />
}
