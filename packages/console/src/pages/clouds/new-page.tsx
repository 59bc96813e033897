/** Creates a cloud. */
import type { CreateCloud } from '@fairlead/contract/wire'
import { Button, Group, Stack } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { isChanged } from '../../ui/is-changed.ts'
import { LeaveQuestion } from '../../ui/leave-question.tsx'
import { useAct } from '../../queries/use-act.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { CloudFields } from './cloud-fields.tsx'
import { cloudsPath } from './clouds-path.ts'
import { emptyCloud, judgeCloud, toldFault, type CloudField } from './judge-cloud.ts'
import { useMayCreateClouds } from './use-may-create-clouds.ts'
import classes from './cloud-form.module.css'

export function NewCloudPage() {
  const mayCreate = useMayCreateClouds()
  return (
    <Page title="Create a cloud" path={cloudsPath}>
      {mayCreate ? (
        <NewCloud />
      ) : (
        <EmptyState title="Your token cannot create clouds">
          <p>An admin whose token is not limited to clouds can create one.</p>
        </EmptyState>
      )}
    </Page>
  )
}

function NewCloud() {
  const { client } = useSession()
  const navigate = useNavigate()
  const clouds = useClouds()
  const [form, setForm] = useState(emptyCloud)
  const [hasAsked, setAsked] = useState(false)
  const create = useAct((wanted: CreateCloud) => client.clouds.create(wanted), ['clouds'])
  const { faults, missing, body } = judgeCloud(form, create.isPending || create.isSuccess ? [] : clouds.all)
  const told = toldFault(create.error)

  const faultOf = (field: CloudField): string | null => {
    if (told?.field === field) return told.text
    return missing.has(field) && !hasAsked ? null : (faults.get(field) ?? null)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (body === null) return
    create.mutate(body, {
      onSuccess: ({ id }) => void navigate({ to: '/clouds/$id', params: { id }, ignoreBlocker: true }),
    })
  }
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <LeaveQuestion isUnsaved={isChanged(form, emptyCloud)} />
      <Stack gap="lg">
        <CloudFields
          form={form}
          onChange={(changed) => {
            create.reset()
            // The fields of another provider are empty, and the user was not asked for them yet.
            if (changed.provider !== undefined) setAsked(false)
            setForm({ ...form, ...changed })
          }}
          faultOf={faultOf}
        />
        {create.error !== null && told === null && <ProblemCard error={create.error} />}
        <Group gap="xs">
          <Button type="submit" loading={create.isPending}>
            Create the cloud
          </Button>
          <LinkButton variant="default" to="/clouds">
            Cancel
          </LinkButton>
        </Group>
      </Stack>
    </form>
  )
}
