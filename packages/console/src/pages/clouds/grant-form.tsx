/** Grants one secret, or all secrets below a prefix. */
import type { Cloud, CreateGrant, Grant } from '@fairlead/contract/wire'
import { Button, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { isChanged } from '../../ui/is-changed.ts'
import { LeaveQuestion } from '../../ui/leave-question.tsx'
import { MeaningBox } from '../../environment-form/meaning-box.tsx'
import { useAct } from '../../queries/use-act.ts'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { judgeGrant, secretFault } from './judge-grant.ts'
import classes from './cloud-form.module.css'

const empty = { reference: '', registries: '' }

const examples: Record<Cloud['provider'], string> = {
  aws: 'team/registry-login, an ARN, or team/',
  gcp: 'registry-login, or projects/P/secrets/S/versions/V',
  local: 'registry-login',
}

export function GrantForm({ cloud, grants }: { cloud: Cloud; grants: readonly Grant[] }) {
  const { client } = useSession()
  const [typed, setTyped] = useState(empty)
  const [pasteFault, setPasteFault] = useState<string | null>(null)
  const add = useAct((wanted: CreateGrant) => client.clouds.grant(cloud.id, wanted), ['clouds'])
  const { referenceFault, registriesFault, facts, body } = judgeGrant(cloud, grants, typed)
  const type = (changed: Partial<typeof empty>) => {
    add.reset()
    setTyped({ ...typed, ...changed })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (body !== null) add.mutate(body, { onSuccess: () => setTyped(empty) })
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <LeaveQuestion isUnsaved={isChanged(typed, empty)} />
      <Stack gap="md">
        <div>
          <TextInput
            label="Grant a secret"
            description="A reference as builds name it, or a prefix that ends in /. Never the login itself."
            placeholder={examples[cloud.provider]}
            autoComplete="off"
            spellCheck={false}
            value={typed.reference}
            onPaste={(event) => {
              const fault = secretFault(event.clipboardData.getData('text'))
              setPasteFault(fault)
              // It is not even shown: content on a page may be seen, and kept by the browser.
              if (fault !== null) event.preventDefault()
            }}
            onChange={(event) => {
              setPasteFault(null)
              type({ reference: event.currentTarget.value })
            }}
            error={pasteFault ?? referenceFault}
          />
          <MeaningBox
            label="What the grant covers"
            facts={facts}
            before="Fairlead stores only this reference, and never checks whether the secret exists."
          />
        </div>
        <TextInput
          label="Only for images of"
          description="The registries for this secret, separated by commas. Empty: any registry."
          placeholder="registry.example.com"
          autoComplete="off"
          spellCheck={false}
          value={typed.registries}
          onChange={(event) => type({ registries: event.currentTarget.value })}
          error={registriesFault}
        />
        {add.error !== null && <ProblemCard error={add.error} />}
        <div>
          <Button type="submit" variant="default" loading={add.isPending} disabled={body === null}>
            Allow this secret
          </Button>
        </div>
      </Stack>
    </form>
  )
}
