/** What the file does not contain: the name of the environment, and the cloud whose nodes run it. */
import type { Cloud } from '@fairlead/contract/wire'
import { NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Clouds } from '../queries/use-clouds.ts'
import { ProblemCard } from '../ui/problem-card.tsx'

/** The only one, if there is just one. */
export function chosenCloud(clouds: readonly Cloud[], id: string | null): Cloud | null {
  if (id !== null) return clouds.find((cloud) => cloud.id === id) ?? null
  const [only, ...others] = clouds
  return others.length === 0 ? (only ?? null) : null
}

export interface NameAndCloudProps {
  readonly name: string
  readonly onName: (name: string) => void
  readonly nameError: string | null
  readonly clouds: Clouds
  readonly cloud: Cloud | null
  readonly onCloud: (id: string | null) => void
  readonly cloudError: string | null
  /** What follows from the name. */
  readonly children: ReactNode
}

export function NameAndCloud(props: NameAndCloudProps) {
  const { name, onName, nameError, clouds, cloud, onCloud, cloudError, children } = props
  return (
    <>
      <Stack gap="xs">
        <TextInput
          label="Name"
          placeholder="my-environment"
          required
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => onName(event.currentTarget.value)}
          error={nameError}
        />
        {children}
      </Stack>
      {clouds.error !== null && <ProblemCard error={clouds.error} />}
      {clouds.all.length > 1 ? (
        <NativeSelect
          label="Cloud"
          description="Where its nodes run. It determines how a secret reference is read, and which are allowed."
          required
          value={cloud?.id ?? ''}
          onChange={(event) => onCloud(event.currentTarget.value || null)}
          error={cloudError}
        >
          <option value="">Choose a cloud</option>
          {clouds.all.map((one) => (
            <option key={one.id} value={one.id}>
              {describe(one)}
            </option>
          ))}
        </NativeSelect>
      ) : (
        <Text size="sm">
          <span className="quiet">Cloud:</span> {cloud === null ? '…' : describe(cloud)}
        </Text>
      )}
    </>
  )
}

const providers: Record<Cloud['provider'], string> = { aws: 'AWS', gcp: 'Google Cloud', local: 'your own machines' }

function describe({ name, provider, region, project_id }: Cloud): string {
  return [name, providers[provider], region ?? project_id].filter((part) => part !== null).join(', ')
}
