/** Which pulls are shown: of one registry, cluster, node or build, for one purpose, with one decision or code, of the last hours or days. */
import { ProblemCode } from '@fairlead/contract/problems'
import { PullDecision, PullPurpose, type PullRecord } from '@fairlead/contract/wire'
import { Button, NativeSelect } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useName } from '../../resources/use-name.ts'
import { useSession } from '../../session/session.tsx'
import { ChoiceSelect, type Choice, type ChoiceSelectProps } from '../../ui/choice-select.tsx'
import { Filters } from '../../ui/filters.tsx'
import { mostFound, SearchSelect } from '../../ui/search-select.tsx'
import { stateWords } from '../../ui/state-badge.tsx'
import { Period, periodWords } from './period.ts'
import classes from './pull-filters.module.css'
import { ownerChoices } from './pod-words.ts'
import { codeChoices, purposeWords } from './pull-words.ts'

export interface PullFilter {
  readonly registry?: string | undefined
  readonly decision?: PullDecision | undefined
  readonly cluster_id?: string | undefined
  readonly build_id?: string | undefined
  readonly node_id?: string | undefined
  readonly pod_owner?: string | undefined
  readonly purpose?: PullPurpose | undefined
  readonly code?: ProblemCode | undefined
  readonly within?: Period | undefined
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
  const set = Object.values(filter).filter((value) => value !== undefined).length
  const owners = ownerChoices(records, filter.pod_owner)
  const change = (part: PullFilter) => onChange({ ...filter, ...part })
  return (
    <Filters set={set}>
      <Filter
        label="Registry"
        value={filter.registry}
        choices={registryChoices(records, filter.registry)}
        onChoose={(registry) => change({ registry })}
      />
      <Filter
        label="Decision"
        value={filter.decision}
        choices={PullDecision.options.map((value) => ({ value, label: stateWords(value) }))}
        onChoose={(decision) => change({ decision })}
      />
      <NamedFilter
        label="Cluster"
        kind="clusters"
        value={filter.cluster_id}
        onChoose={(id) => change({ cluster_id: id })}
      />
      <NamedFilter label="Node" kind="nodes" value={filter.node_id} onChoose={(id) => change({ node_id: id })} />
      <Filter
        label="For"
        value={filter.purpose}
        choices={PullPurpose.options.map((value) => ({ value, label: purposeWords[value] }))}
        onChoose={(purpose) => change({ purpose })}
      />
      <NativeSelect
        label="Result"
        value={filter.code ?? ''}
        data={[
          { value: '', label: 'Any' },
          ...(seen.length > 0 ? [{ group: 'Of these pulls', items: seen }] : []),
          { group: 'Others', items: others },
        ]}
        onChange={({ currentTarget }) => change({ code: ProblemCode.safeParse(currentTarget.value).data })}
      />
      <Filter
        label="Time"
        value={filter.within}
        choices={Period.options.map((value) => ({ value, label: periodWords[value] }))}
        onChoose={(within) => change({ within })}
      />
      {/* Last, since it appears with the first records. */}
      {owners.length > 0 && (
        <Filter
          label="Pods of"
          value={filter.pod_owner}
          choices={owners}
          onChoose={(owner) => change({ pod_owner: owner })}
        />
      )}
      <div className={classes.buttons}>
        {filter.build_id !== undefined && (
          <Button
            variant="light"
            rightSection={<IconX size={14} />}
            aria-label="Pulls of every build"
            onClick={() => change({ build_id: undefined })}
          >
            One build
          </Button>
        )}
        {set > 0 && (
          <Button variant="subtle" onClick={() => onChange({})}>
            Show all
          </Button>
        )}
      </div>
    </Filters>
  )
}

/** There may be thousands, and each change of one would ask for all: they are asked for while the list is open. */
function NamedFilter({
  label,
  kind,
  value,
  onChoose,
}: {
  label: string
  kind: 'clusters' | 'nodes'
  value: string | undefined
  onChoose: (value: string | undefined) => void
}) {
  const { client } = useSession()
  const { name } = useName(value ?? null)
  return (
    <SearchSelect
      label={label}
      placeholder="Any"
      nothingFound={`No ${label.toLowerCase()} matches`}
      isClearable
      chosen={value === undefined ? null : { value, label: name ?? value }}
      queryKey={[kind, 'names']}
      find={async (part, signal) => {
        const { results } = await client[kind]
          .list(part === '' ? {} : { name_contains: part }, { signal })
          .take(mostFound)
        return results.map((found) => ({ value: found.id, label: found.name }))
      }}
      onChoose={(id) => onChoose(id ?? undefined)}
    />
  )
}

function Filter<Value extends string>(props: Omit<ChoiceSelectProps<Value>, 'any'>) {
  return <ChoiceSelect any="Any" {...props} />
}

/** Those of the newest records, and the chosen one. */
function registryChoices(records: readonly PullRecord[], chosen: string | undefined): readonly Choice[] {
  const seen = new Set(records.map(({ registry }) => registry).filter((registry) => registry !== ''))
  if (chosen !== undefined) seen.add(chosen)
  return [...seen].toSorted().map((value) => ({ value, label: value }))
}
