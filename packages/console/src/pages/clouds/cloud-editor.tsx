/** The form of a cloud: of a new one, or of one that exists, which keeps its provider. */
import type { Cloud, CreateCloud } from '@fairlead/contract/wire'
import { Button, Group, Stack } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useAct } from '../../queries/use-act.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { useSession } from '../../session/session.tsx'
import { isChanged } from '../../ui/is-changed.ts'
import { LeaveQuestion } from '../../ui/leave-question.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { CloudFields } from './cloud-fields.tsx'
import { emptyCloud, formOf, judgeCloud, toldFault, type CloudField } from './judge-cloud.ts'
import classes from './cloud-form.module.css'

export function CloudEditor({ cloud }: { cloud: Cloud | null }) {
  const { client } = useSession()
  const navigate = useNavigate()
  const clouds = useClouds()
  const [initial] = useState(() => (cloud === null ? emptyCloud : formOf(cloud)))
  const [form, setForm] = useState(initial)
  const [hasAsked, setAsked] = useState(cloud !== null)
  const save = useAct(
    ({ provider, ...rest }: CreateCloud) =>
      cloud === null ? client.clouds.create({ provider, ...rest }) : client.clouds.update(cloud.id, rest),
    ['clouds'],
  )
  const others = clouds.all.filter(({ id }) => id !== cloud?.id)
  // The cloud that is being created is soon one of them.
  const { faults, missing, body } = judgeCloud(form, save.isPending || save.isSuccess ? [] : others)
  const told = toldFault(save.error)

  const faultOf = (field: CloudField): string | null => {
    if (told?.field === field) return told.text
    return missing.has(field) && !hasAsked ? null : (faults.get(field) ?? null)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (body === null) return
    save.mutate(body, {
      onSuccess: ({ id }) => void navigate({ to: '/clouds/$id', params: { id }, ignoreBlocker: true }),
    })
  }
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <LeaveQuestion isUnsaved={isChanged(form, initial)} />
      <Stack gap="lg">
        <CloudFields
          form={form}
          isProviderFixed={cloud !== null}
          onChange={(changed) => {
            save.reset()
            // The fields of another provider are empty, and the user was not asked for them yet.
            if (changed.provider !== undefined) setAsked(false)
            setForm({ ...form, ...changed })
          }}
          faultOf={faultOf}
        />
        {save.error !== null && told === null && <ProblemCard error={save.error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.isPending}>
            {cloud === null ? 'Create the cloud' : 'Save'}
          </Button>
          <LinkButton
            variant="default"
            {...(cloud === null ? { to: '/clouds' } : { to: '/clouds/$id', params: { id: cloud.id } })}
          >
            Cancel
          </LinkButton>
        </Group>
      </Stack>
    </form>
  )
}
