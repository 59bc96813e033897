/** Whether idle nodes bring the image of this build; until it is touched, as the cloud says. */
import type { Cloud } from '@fairlead/contract/wire'
import { Checkbox } from '@mantine/core'

export interface PrefetchFieldProps {
  /** Null until it is touched. */
  readonly value: boolean | null
  readonly onChange: (value: boolean) => void
  readonly cloud: Cloud | null
}

export function PrefetchField({ value, onChange, cloud }: PrefetchFieldProps) {
  const byDefault = cloud?.prefetch ?? false
  return (
    <Checkbox
      label="Prefetch to idle nodes"
      description={
        <>
          They download the image once it is checked, so that a cluster starts without a pull.
          {cloud !== null && ` ${cloud.name}’s default is ${byDefault ? 'on' : 'off'}.`}
        </>
      }
      checked={value ?? byDefault}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
