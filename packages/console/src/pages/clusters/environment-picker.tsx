/** Chooses a cluster environment, searched by name, and one of its revisions. */
import { NativeSelect, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { canStart, revisionText, splitIdentifier } from './builds-to-start.ts'
import type { ChosenBuild } from './use-chosen-build.ts'
import classes from './environment-picker.module.css'

const typingMs = 200
const mostShown = 30

export interface EnvironmentPickerProps {
  readonly identifier: string
  readonly chosen: ChosenBuild
  readonly onChange: (identifier: string) => void
  /** Only environments of this cloud, for a cluster that stays on its own. */
  readonly cloudId?: string
}

export function EnvironmentPicker({ identifier, chosen, onChange, cloudId }: EnvironmentPickerProps) {
  const { name } = splitIdentifier(identifier)
  const names = useEnvironmentNames(name, cloudId)
  const { builds, build } = chosen
  const newest = builds[0]
  return (
    <div className={classes.picker}>
      <div>
        <Select
          comboboxProps={{ withinPortal: false }}
          label="Cluster environment"
          placeholder="Search by name"
          searchable
          clearable={false}
          withScrollArea={false}
          classNames={{ options: classes.options }}
          nothingFoundMessage={names.isPending ? 'Searching…' : 'No environment matches'}
          data={names.shown}
          // The control plane searches.
          filter={({ options }) => options}
          value={name === '' ? null : name}
          onSearchChange={names.search}
          onChange={(value) => onChange(value ?? '')}
          error={chosen.isUnknown ? unknownText(chosen, identifier) : null}
        />
      </div>
      <NativeSelect
        label="Revision"
        disabled={newest === undefined}
        value={build === null ? '' : String(build.revision)}
        onChange={(event) => onChange(`${name}:${event.currentTarget.value}`)}
        data={
          newest === undefined
            ? [{ value: '', label: chosen.isPending ? 'Loading…' : 'None yet' }]
            : builds.map((each) => ({
                value: String(each.revision),
                label: revisionText(each, newest.revision),
                disabled: !canStart(each),
              }))
        }
      />
      {build !== null && newest !== undefined && !canStart(newest) && (
        <p className={classes.note}>
          {canStart(build)
            ? `Revision ${newest.revision} failed its check, so no cluster can start from it; revision ${build.revision} is the newest that can.`
            : `Revision ${build.revision} failed its check. Fix what its page reports and check it again, or choose another.`}
        </p>
      )}
      {chosen.error !== null && <ProblemCard error={chosen.error} />}
    </div>
  )
}

function unknownText({ environment, builds }: ChosenBuild, identifier: string): string {
  const { name, revision } = splitIdentifier(identifier)
  if (environment === null) return `There is no environment ${name}`
  if (revision !== null) return `${name} has no revision ${revision}`
  return builds.length === 0 ? `${name} has no build` : `Every build of ${name} failed its check`
}

/** Names that contain the input; the chosen one is always among them. */
function useEnvironmentNames(chosen: string, cloudId: string | undefined) {
  const { client } = useSession()
  const [typed, search] = useState('')
  // The text in the field after a choice is not a search.
  const [part] = useDebouncedValue(typed === chosen ? '' : typed.trim(), typingMs)
  const { data, isPending } = useQuery({
    queryKey: ['cluster-environments', 'names', { part, cloudId }],
    queryFn: ({ signal }) =>
      client.clusterEnvironments
        .list({ ...(part !== '' && { name_contains: part }), cloud_id: cloudId }, { signal })
        .take(mostShown),
    placeholderData: keepPreviousData,
  })
  const found = data?.results.map(({ name }) => name) ?? []
  return { shown: chosen === '' || found.includes(chosen) ? found : [chosen, ...found], isPending, search }
}
