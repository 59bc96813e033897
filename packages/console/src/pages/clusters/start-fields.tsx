/** The fields that a first start and a restart share. */
import type { Build } from '@fairlead/contract/wire'
import { NumberInput, Switch } from '@mantine/core'
import { shortDigest } from '../../ui/units.ts'

const mostWorkers = 1000

export function WorkersInput({ value, onChange }: { value: number; onChange: (workers: number) => void }) {
  return (
    <NumberInput
      label="Workers"
      description="In addition to the head, each on its own node."
      min={0}
      max={mostWorkers}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={(typed) => onChange(typeof typed === 'number' ? typed : Number.parseInt(typed, 10) || 0)}
      styles={{ wrapper: { maxWidth: '10rem' } }}
    />
  )
}

export function PinSwitch({
  pin,
  onChange,
  build,
}: {
  pin: boolean
  onChange: (pin: boolean) => void
  build: Pick<Build, 'digest'> | null
}) {
  return (
    <Switch
      label="Pin the digest"
      description={
        pin
          ? pinnedText(build)
          : 'Each node pulls what the tag points to when it starts. That may differ from what was checked.'
      }
      checked={pin}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

function pinnedText(build: Pick<Build, 'digest'> | null): string {
  if (build === null) return 'Every node pulls exactly the image that was checked, even if its tag has moved.'
  if (build.digest === null) return 'The build is not checked yet, so it has no digest: each node resolves the tag.'
  return `Every node pulls exactly what was checked, ${shortDigest(build.digest)}…, even if the tag has moved.`
}
