/** The form of a cluster environment, for a new one and for the next build of an existing one. Never sends what the contract would reject. */
import { isProblem } from '@fairlead/contract/problems'
import { type Build, type ClusterEnvironment } from '@fairlead/contract/wire'
import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type FormEvent } from 'react'
import { flushSync } from 'react-dom'
import { useClouds } from '../queries/use-clouds.ts'
import { useSession } from '../session/session.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import { ConfigFields } from './config-fields.tsx'
import { judgeForm, judgeName, warningsOf } from './judge-form.ts'
import { configCloudOf } from './meaning.ts'
import { isChanged } from '../ui/is-changed.ts'
import { LeaveQuestion } from '../ui/leave-question.tsx'
import { chosenCloud, NameAndCloud } from './name-and-cloud.tsx'
import { NameInUse } from './name-in-use.tsx'
import { PrefetchField } from './prefetch-field.tsx'
import { toldProblems, type FormField } from './told-problems.ts'
import { textOf, type ConfigForm } from './form.ts'
import { useFormState } from './use-form-state.ts'
import { ViewSwitch } from './view-switch.tsx'
import classes from './environment-form.module.css'

const ConfigFileView = lazy(() =>
  import('./config-file-view.tsx').then((module) => ({ default: module.ConfigFileView })),
)

/** Null for a new environment. */
type Target = ClusterEnvironment | null

export interface EnvironmentFormProps {
  readonly environment: Target
  readonly initial: ConfigForm
  /** The field to start with. */
  readonly autofocus?: FormField | null
}

export function EnvironmentForm({ environment, initial, autofocus = null }: EnvironmentFormProps) {
  const { client } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const clouds = useClouds()
  const place = useRef<HTMLFormElement>(null)
  const [name, setName] = useState(environment?.name ?? '')
  const [cloudId, setCloudId] = useState<string | null>(environment?.cloud_id ?? null)
  const [prefetch, setPrefetch] = useState<boolean | null>(null)
  const [attempted, setAttempted] = useState(false)
  const state = useFormState(initial)
  const cloud = chosenCloud(clouds.all, cloudId)
  const configCloud = cloud === null ? null : configCloudOf(cloud)
  const judged = judgeForm(state.config, configCloud)
  const { config } = judged

  const send = useMutation({
    mutationFn: async (target: Target): Promise<Build> => {
      if (config === null || cloud === null) throw new Error('what is at fault is not sent')
      const body = { config_json: config, ...(prefetch !== null && { prefetch }) }
      if (target !== null) return client.clusterEnvironments.createBuild(target.id, body)
      const made = await client.clusterEnvironments.create({ name, ...body, cloud_id: cloud.id })
      return made.latest_build
    },
    onSuccess: async (build) => {
      queries.setQueryData(['builds', 'one', build.id], build)
      void queries.invalidateQueries({ queryKey: ['cluster-environments'] })
      await navigate({ to: '/builds/$id', params: { id: build.id }, ignoreBlocker: true })
    },
  })
  useEffect(() => place.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), [])
  useEffect(() => {
    if (send.error !== null) focusFault(place.current)
  }, [send.error])
  const told = toldProblems(send.error)
  const changed =
    <Change,>(change: (value: Change) => void) =>
    (value: Change) => {
      send.reset()
      change(value)
    }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    flushSync(() => setAttempted(true))
    const isSound = config !== null && cloud !== null && (state.file?.problem ?? null) === null
    if (isSound && (environment !== null || judgeName(name) === null)) send.mutate(environment)
    else focusFault(place.current)
  }
  // A file that the form cannot follow is input, too.
  const isConfigChanged = state.file?.isForm === false || isChanged(textOf(state.config), textOf(initial))
  const isNameTyped = environment === null && name !== ''
  const nextRevision = environment === null ? 1 : environment.latest_build.revision + 1

  return (
    <form ref={place} className={classes.form} onSubmit={submit} noValidate autoComplete="off">
      {environment === null && (
        <NameAndCloud
          name={name}
          onName={changed(setName)}
          nameError={told.fields.get('name') ?? (name !== '' || attempted ? judgeName(name) : null)}
          clouds={clouds}
          cloud={cloud}
          onCloud={changed(setCloudId)}
          cloudError={told.fields.get('cloud') ?? (attempted && cloud === null ? 'Choose the cloud.' : null)}
        >
          {isProblem(send.error, 'NAME_IN_USE') && cloud !== null && (
            <NameInUse
              name={name}
              cloudId={cloud.id}
              isSending={send.isPending}
              onAdd={(found) => send.mutate(found)}
            />
          )}
        </NameAndCloud>
      )}
      <LeaveQuestion isUnsaved={isNameTyped || prefetch !== null || isConfigChanged} />
      <ViewSwitch state={state} />
      {state.view === 'form' ? (
        <ConfigFields
          config={state.config}
          onChange={changed(state.changeConfig)}
          judged={judged}
          told={told.fields}
          attempted={attempted}
          autofocus={autofocus}
          cloud={cloud}
        />
      ) : (
        <Suspense fallback={<Skeleton height="22rem" />}>
          <ConfigFileView
            form={state.config}
            text={state.file?.text ?? null}
            environment={name}
            cloud={configCloud}
            warnings={warningsOf(judged)}
            told={told.fields}
            onRead={changed(state.takeFile)}
          />
        </Suspense>
      )}
      <PrefetchField value={prefetch} onChange={changed(setPrefetch)} cloud={cloud} />
      {told.rest !== null && <ProblemCard error={told.rest} />}
      <div className={classes.foot}>
        <Button type="submit" loading={send.isPending}>
          {environment === null ? 'Create environment' : `Register build ${nextRevision}`}
        </Button>
        <p className={classes.follows}>
          It is registered at once. Then a node {cloud === null ? '' : `of ${cloud.name} `}checks the secret, the login
          and the image, without pulling it.
        </p>
      </div>
    </form>
  )
}

/** A change that was sent, or should have been, is corrected there first. */
function focusFault(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
