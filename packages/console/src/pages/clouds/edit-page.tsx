/** Edits a cloud: everything but its provider. */
import type { Cloud, UpdateCloud } from '@fairlead/contract/wire'
import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { isChanged } from '../../ui/is-changed.ts'
import { LeaveQuestion } from '../../ui/leave-question.tsx'
import { useAct } from '../../queries/use-act.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { cloudQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { CloudFields } from './cloud-fields.tsx'
import { cloudsPath } from './clouds-path.ts'
import { formOf, judgeCloud, toldFault, type CloudField } from './judge-cloud.ts'
import classes from './cloud-form.module.css'

const route = getRouteApi('/clouds/$id/edit')

export function EditCloudPage() {
  const { id } = route.useParams()
  const { client, may } = useSession()
  const { data: cloud, error } = useQuery(cloudQuery(client, id))
  return (
    <Page title={cloud === undefined ? 'Edit a cloud' : `Edit ${cloud.name}`} path={cloudsPath}>
      {error !== null && <ProblemCard error={error} />}
      {cloud === undefined && error === null && <Skeleton height="18rem" />}
      {cloud !== undefined && !may('admin') && <EmptyState title="Admins edit clouds">{null}</EmptyState>}
      {cloud !== undefined && may('admin') && <EditCloud cloud={cloud} />}
    </Page>
  )
}

function EditCloud({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  const navigate = useNavigate()
  const clouds = useClouds()
  const [initial] = useState(() => formOf(cloud))
  const [form, setForm] = useState(initial)
  const edit = useAct((change: UpdateCloud) => client.clouds.update(cloud.id, change), ['clouds'])
  const others = clouds.all.filter(({ id }) => id !== cloud.id)
  const { faults, body } = judgeCloud(form, others)
  const told = toldFault(edit.error)
  const faultOf = (field: CloudField): string | null =>
    told?.field === field ? told.text : (faults.get(field) ?? null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (body === null) return
    const { provider: _, ...change } = body
    edit.mutate(change, {
      onSuccess: ({ id }) => void navigate({ to: '/clouds/$id', params: { id }, ignoreBlocker: true }),
    })
  }
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <LeaveQuestion isUnsaved={isChanged(form, initial)} />
      <Stack gap="lg">
        <CloudFields
          form={form}
          isProviderFixed
          onChange={(changed) => {
            edit.reset()
            setForm({ ...form, ...changed })
          }}
          faultOf={faultOf}
        />
        {edit.error !== null && told === null && <ProblemCard error={edit.error} />}
        <Group gap="xs">
          <Button type="submit" loading={edit.isPending}>
            Save
          </Button>
          <LinkButton variant="default" to="/clouds/$id" params={{ id: cloud.id }}>
            Cancel
          </LinkButton>
        </Group>
      </Stack>
    </form>
  )
}
