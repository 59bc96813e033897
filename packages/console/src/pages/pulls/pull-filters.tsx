/** Which pulls are shown: of one cluster, of one node, for one purpose, with one code. */
import { ProblemCode } from '@fairlead/contract/problems'
import { PullPurpose, type PullRecord } from '@fairlead/contract/wire'
import { Button, Group, NativeSelect } from '@mantine/core'
import classes from './pull-filters.module.css'
import { codeChoices, purposeWords } from './pull-words.ts'
import { useAllClusters, useAllNodes } from './use-names.ts'

export interface PullFilter {
  readonly cluster_id?: string | undefined
  readonly node_id?: string | undefined
  readonly purpose?: PullPurpose | undefined
  readonly code?: ProblemCode | undefined
}

export function PullFilters({
  filter,
  records,
  onChange,
}: {
  filter: PullFilter
  records: readonly PullRecord[]
  onChange: (filter: PullFilter) => void
}) {
  const { seen, others } = codeChoices(records, filter.code)
  const isSet = Object.values(filter).some((value) => value !== undefined)
  return (
    <Group gap="xs" align="end">
      <NativeSelect
        className={classes.filter}
        label="Cluster"
        value={filter.cluster_id ?? ''}
        data={[{ value: '', label: 'Any' }, ...named(useAllClusters(), filter.cluster_id)]}
        onChange={({ currentTarget }) => onChange({ ...filter, cluster_id: currentTarget.value || undefined })}
      />
      <NativeSelect
        className={classes.filter}
        label="Node"
        value={filter.node_id ?? ''}
        data={[{ value: '', label: 'Any' }, ...named(useAllNodes(), filter.node_id)]}
        onChange={({ currentTarget }) => onChange({ ...filter, node_id: currentTarget.value || undefined })}
      />
      <NativeSelect
        className={classes.filter}
        label="For"
        value={filter.purpose ?? ''}
        data={[
          { value: '', label: 'Anything' },
          ...PullPurpose.options.map((value) => ({ value, label: purposeWords[value] })),
        ]}
        onChange={({ currentTarget }) =>
          onChange({ ...filter, purpose: PullPurpose.safeParse(currentTarget.value).data })
        }
      />
      <NativeSelect
        className={classes.filter}
        label="Ended with"
        value={filter.code ?? ''}
        data={[
          { value: '', label: 'Anything' },
          ...(seen.length > 0 ? [{ group: 'Of these pulls', items: seen }] : []),
          { group: 'Others', items: others },
        ]}
        onChange={({ currentTarget }) => onChange({ ...filter, code: ProblemCode.safeParse(currentTarget.value).data })}
      />
      {isSet && (
        <Button variant="subtle" onClick={() => onChange({})}>
          Show all
        </Button>
      )}
    </Group>
  )
}

/** By name; a chosen one with an unknown name appears with its ID. */
function named(known: readonly { readonly id: string; readonly name: string }[], chosen: string | undefined) {
  const choices = known
    .map(({ id, name }) => ({ value: id, label: name }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
  if (chosen === undefined || known.some(({ id }) => id === chosen)) return choices
  return [...choices, { value: chosen, label: chosen }]
}
