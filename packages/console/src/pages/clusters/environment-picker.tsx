/** Chooses a cluster environment, searched by name, and one of its builds. */
import { NativeSelect } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { mostFound, SearchSelect } from '../../ui/search-select.tsx'
import { canStart, revisionText, splitIdentifier } from './builds-to-start.ts'
import type { ChosenBuild } from './use-chosen-build.ts'
import classes from './environment-picker.module.css'

export interface EnvironmentPickerProps {
  readonly identifier: string
  readonly chosen: ChosenBuild
  readonly onChange: (identifier: string) => void
  /** Only environments of this cloud, for a cluster that stays on its own. */
  readonly cloudId?: string
}

export function EnvironmentPicker({ identifier, chosen, onChange, cloudId }: EnvironmentPickerProps) {
  const { client } = useSession()
  const { name } = splitIdentifier(identifier)
  const { builds, build } = chosen
  const newest = builds[0]
  return (
    <div className={classes.picker}>
      <div>
        <SearchSelect
          label="Cluster environment"
          placeholder="Search by name"
          nothingFound="No environment matches"
          chosen={name === '' ? null : { value: name, label: name }}
          queryKey={['cluster-environments', 'names', cloudId]}
          find={async (part, signal) => {
            const asked = { ...(part !== '' && { name_contains: part }), cloud_id: cloudId }
            const { results } = await client.clusterEnvironments.list(asked, { signal }).take(mostFound)
            return results.map((found) => ({ value: found.name, label: found.name }))
          }}
          onChoose={(value) => onChange(value ?? '')}
          error={chosen.isUnknown ? unknownText(chosen, identifier) : null}
        />
      </div>
      <NativeSelect
        label="Build"
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
            ? `Build ${newest.revision} failed its check, so no cluster can start from it; build ${build.revision} is the newest that can.`
            : `Build ${build.revision} failed its check. Fix what its page reports and check it again, or choose another.`}
        </p>
      )}
      {chosen.error !== null && <ProblemCard error={chosen.error} />}
    </div>
  )
}

function unknownText({ environment, builds }: ChosenBuild, identifier: string): string {
  const { name, revision } = splitIdentifier(identifier)
  if (environment === null) return `There is no environment ${name}`
  if (revision !== null) return `${name} has no build ${revision}`
  return builds.length === 0 ? `${name} has no build` : `Every build of ${name} failed its check`
}
