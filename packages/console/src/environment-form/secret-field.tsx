/** The registry login secret: a reference to it, what the reference means in this cloud, and whether it may be named. */
import { looksLikeSecret } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type Cloud, type Grant } from '@fairlead/contract/wire'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { sentence } from '../ui/sentence.ts'
import { errorOf } from './field-error.ts'
import { GrantNote } from './grant-note.tsx'
import type { FieldJudgement } from './judge-form.ts'
import { MeaningBox } from './meaning-box.tsx'
import { grantAnswer, referenceIn, registryIn, secretFacts } from './meaning.ts'
import { Note } from '../ui/note.tsx'
import { PolicyBeforehand } from './policy-beforehand.tsx'

export interface SecretFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly judged: FieldJudgement
  readonly told: string | undefined
  readonly cloud: Cloud | null
  /** Null while they are unknown. */
  readonly grants: readonly Grant[] | null
  readonly image: string
  /** Takes the focus when the form opens. */
  readonly isFirst: boolean
}

const description: Record<Cloud['provider'], string> = {
  aws: 'The name of the secret in AWS Secrets Manager, or its full ARN; never the login itself.',
  gcp: 'The name of the secret in Google Secret Manager, or /projects/P/secrets/S/versions/V; never the login itself.',
  local: 'The name of a file in the agent’s secrets folder on each node; never the login itself.',
}

export function SecretField({ value, onChange, judged, told, cloud, grants, image, isFirst }: SecretFieldProps) {
  const [isPasteRefused, setPasteRefused] = useState(false)
  const reference = cloud === null || judged.problem !== null || value === '' ? null : referenceIn(value, cloud)
  const registry = registryIn(image)
  const answer =
    cloud === null || grants === null || reference === null
      ? null
      : grantAnswer(cloud, grants, { reference, text: value, registry })
  const { what, fix } = problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  return (
    <div>
      <TextInput
        label="Registry login secret"
        description={description[cloud?.provider ?? 'aws']}
        placeholder="none: the image is pulled without a login"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onPaste={(event) => {
          const isSecret = looksLikeSecret(event.clipboardData.getData('text'))
          setPasteRefused(isSecret)
          // It is not even shown: content on a page may be seen, and kept by the browser.
          if (isSecret) event.preventDefault()
        }}
        onChange={(event) => {
          setPasteRefused(false)
          onChange(event.currentTarget.value)
        }}
        data-autofocus={isFirst || undefined}
        error={isPasteRefused ? `${sentence(what)} ${fix}` : errorOf(judged, told, true)}
      />
      <MeaningBox
        label="What the secret reference means"
        facts={reference === null || cloud === null ? null : secretFacts(reference, cloud)}
        before="Fairlead stores only this reference. The nodes read the secret themselves, when they need it."
      >
        {judged.warnings.map(({ code, detail }) => (
          <Note key={code} tone="warn">
            {sentence(detail)}
          </Note>
        ))}
        {answer !== null && cloud !== null && (
          <GrantNote answer={answer} cloud={cloud} reference={value} registry={registry?.key ?? 'the registry'} />
        )}
        {reference !== null && cloud !== null && <PolicyBeforehand reference={value} cloud={cloud} />}
      </MeaningBox>
    </div>
  )
}
