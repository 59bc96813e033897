/** The fields of a configuration, in page order: base image, Ray version, variables, additional configurations. */
import type { Cloud, Grant } from '@fairlead/contract/wire'
import { Radio, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { grantsQuery } from '../queries/resource-queries.ts'
import { useSession } from '../session/session.tsx'
import { Section } from '../ui/page.tsx'
import { EnvVarsField } from './env-vars-field.tsx'
import { errorOf } from './field-error.ts'
import type { ConfigForm } from './form.ts'
import { ImageField } from './image-field.tsx'
import type { FormJudgement } from './judge-form.ts'
import { SecretField } from './secret-field.tsx'
import type { FormField, ToldProblems } from './told-problems.ts'
import classes from './environment-form.module.css'

export function ConfigFields({
  config,
  onChange,
  judged,
  told,
  attempted,
  autofocus,
  cloud,
}: {
  config: ConfigForm
  onChange: (change: Partial<ConfigForm>) => void
  judged: FormJudgement
  told: ToldProblems['fields']
  attempted: boolean
  /** The field to start with. */
  autofocus: FormField | null
  cloud: Cloud | null
}) {
  const grants = useGrants(cloud)
  return (
    <>
      <Radio.Group label="Base docker image" value="own" readOnly>
        <Radio
          mt={6}
          value="own"
          label="Use my own docker image"
          description="Fairlead does not build images. It runs the one you name."
        />
      </Radio.Group>
      <ImageField
        value={config.dockerImage}
        onChange={(dockerImage) => onChange({ dockerImage })}
        judged={judged.image}
        told={told.get('docker_image')}
        attempted={attempted}
        isFirst={autofocus === 'docker_image'}
      />
      <TextInput
        label="Ray version"
        description="The version of Ray in the image. It is compared with the installed version when a cluster starts."
        placeholder="2.55.1"
        required
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: classes.short }}
        value={config.rayVersion}
        onChange={(event) => onChange({ rayVersion: event.currentTarget.value })}
        data-autofocus={autofocus === 'ray_version' || undefined}
        error={errorOf(judged.ray, told.get('ray_version'), attempted)}
      />
      <EnvVarsField
        rows={config.envVars}
        onChange={(envVars) => onChange({ envVars })}
        judged={judged}
        told={told.get('env_vars')}
      />
      <Section title="Additional configurations">
        <SecretField
          value={config.secret}
          onChange={(secret) => onChange({ secret })}
          judged={judged.secret}
          told={told.get('registry_login_secret')}
          cloud={cloud}
          grants={grants}
          image={config.dockerImage}
          isFirst={autofocus === 'registry_login_secret'}
        />
      </Section>
    </>
  )
}

/** All grants of a cloud. Null until they are known, or if they are not needed. */
function useGrants(cloud: Cloud | null): readonly Grant[] | null {
  const { client } = useSession()
  const isAsked = cloud !== null && !cloud.allow_any_secret
  const { data } = useQuery({ ...grantsQuery(client, cloud?.id ?? ''), enabled: isAsked })
  return isAsked ? (data?.results ?? null) : []
}
