/** Creates an API token, and shows it only once. */
import type { CreateApiToken, CreatedApiToken, Role } from '@fairlead/contract/wire'
import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { isChanged } from '../../ui/is-changed.ts'
import { useAct } from '../../queries/use-act.ts'
import { useClouds } from '../../queries/use-clouds.ts'
import { serverNow } from '../../session/server-clock.ts'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { judgeToken, type TokenForm } from './judge-token.ts'
import classes from './create-token.module.css'

const roles: readonly { readonly role: Role; readonly what: string }[] = [
  { role: 'viewer', what: 'Can read. Sees only the names of environment variables.' },
  { role: 'developer', what: 'Can also build environments, and start and terminate clusters.' },
  { role: 'admin', what: 'Can also manage clouds, grants, nodes and tokens.' },
]

const lives: readonly (readonly [days: string, text: string])[] = [
  ['', 'Never'],
  ['7', 'In 7 days'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
]

const emptyToken: TokenForm = { name: '', role: 'developer', isLimited: false, cloudIds: [], days: null }

export function CreateToken() {
  const { client, me } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [changes, setChanges] = useState<Partial<TokenForm>>({})
  const make = useAct((body: CreateApiToken) => client.apiTokens.create(body), ['tokens'])
  const close = () => {
    setOpen(false)
    make.reset()
  }
  const isMade = make.data !== undefined
  // A limited token cannot create an unlimited one.
  const mustLimit = me.cloud_ids !== null
  const first = { ...emptyToken, isLimited: mustLimit }
  const form = { ...first, ...changes }
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen(true)}>
        Create a token
      </Button>
      <FormDialog
        opened={isOpen}
        isUnsaved={!isMade && isChanged(form, first)}
        onClose={close}
        onExitTransitionEnd={() => setChanges({})}
        title={isMade ? 'The token is created' : 'Create a token'}
        // It is shown once: no key and no click outside closes it.
        closeOnClickOutside={!isMade}
        closeOnEscape={!isMade}
        centered
      >
        {() =>
          make.data === undefined ? (
            <Form
              form={form}
              mustLimit={mustLimit}
              error={make.error}
              isBusy={make.isPending}
              onChange={(changed) => setChanges({ ...changes, ...changed })}
              onMake={(body) => make.mutate(body)}
            />
          ) : (
            <Made made={make.data} onDone={close} />
          )
        }
      </FormDialog>
    </>
  )
}

function Form({
  form,
  mustLimit,
  error,
  isBusy,
  onChange,
  onMake,
}: {
  form: TokenForm
  mustLimit: boolean
  error: Error | null
  isBusy: boolean
  onChange: (changed: Partial<TokenForm>) => void
  onMake: (body: CreateApiToken) => void
}) {
  const { nameFault, cloudsFault, body } = judgeToken(form, serverNow())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (body !== null) onMake(body)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Who or what the token is for."
          placeholder="ci"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={form.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          error={form.name === '' ? null : nameFault}
        />
        <Radio.Group label="Role" value={form.role} onChange={(role) => onChange({ role })}>
          <div className={classes.choices}>
            {roles.map(({ role, what }) => (
              <Radio key={role} value={role} label={role} description={what} />
            ))}
          </div>
        </Radio.Group>
        <CloudsChoice form={form} mustLimit={mustLimit} onChange={onChange} fault={cloudsFault} />
        <NativeSelect
          label="Expires"
          description="From then on it is refused."
          data={lives.map(([value, label]) => ({ value, label }))}
          value={form.days ?? ''}
          onChange={({ currentTarget: { value } }) => onChange({ days: value === '' ? null : Number(value) })}
        />
        {error !== null && <ProblemCard error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy} disabled={body === null}>
            Create the token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function CloudsChoice({
  form,
  mustLimit,
  onChange,
  fault,
}: {
  form: TokenForm
  mustLimit: boolean
  onChange: (changed: Partial<TokenForm>) => void
  fault: string | null
}) {
  const clouds = useClouds()
  return (
    <>
      {!mustLimit && (
        <Radio.Group
          label="Clouds"
          value={form.isLimited ? 'some' : 'all'}
          onChange={(value) => onChange({ isLimited: value === 'some' })}
        >
          <div className={classes.choices}>
            <Radio value="all" label="All, including clouds created later" />
            <Radio value="some" label="Only some, permanently: the others are hidden from it" />
          </div>
        </Radio.Group>
      )}
      {form.isLimited && (
        <Checkbox.Group
          label="Limited to"
          value={[...form.cloudIds]}
          onChange={(cloudIds) => onChange({ cloudIds })}
          error={fault}
        >
          <div className={classes.choices}>
            {clouds.all.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </>
  )
}

function Made({ made, onDone }: { made: CreatedApiToken; onDone: () => void }) {
  return (
    <Stack gap="md">
      <Text size="sm">
        The token <strong>{made.name}</strong>, with the role {made.role}
        {made.expires_at !== null && <>, valid until {new Date(made.expires_at).toLocaleString()}</>}. It is shown only
        once: copy it now.
      </Text>
      <CopyBlock label="token" text={made.token} />
      <Text size="sm">Use it to sign in here, or run this and paste it when asked:</Text>
      <CopyBlock label="command that logs in" text={`fairlead login --host ${location.origin}`} />
      <Group justify="flex-end">
        <Button onClick={onDone}>I have copied it</Button>
      </Group>
    </Stack>
  )
}
