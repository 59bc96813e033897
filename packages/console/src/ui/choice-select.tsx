/** A filter of a list: one of a few values, or any. */
import { NativeSelect, type NativeSelectProps } from '@mantine/core'

export interface Choice<Value extends string = string> {
  readonly value: Value
  readonly label: string
}

export interface ChoiceSelectProps<Value extends string> extends Pick<
  NativeSelectProps,
  'label' | 'aria-label' | 'w' | 'maw'
> {
  readonly any: string
  readonly choices: readonly Choice<Value>[]
  readonly value: Value | undefined
  readonly onChoose: (value: Value | undefined) => void
}

export function ChoiceSelect<Value extends string>(props: ChoiceSelectProps<Value>) {
  const { any, choices, value, onChoose, ...select } = props
  return (
    <NativeSelect
      {...select}
      data={[{ value: '', label: any }, ...choices]}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChoose(choices.find((one) => one.value === currentTarget.value)?.value)}
    />
  )
}
