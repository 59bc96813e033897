/** What a start will do, before it happens: where, on how many nodes, with which image; and whether there is room for it now. */
import { useClouds } from '../../queries/use-clouds.ts'
import { Details } from '../../ui/details.tsx'
import { formatBytes } from '../../ui/units.ts'
import { countOf } from './cluster-words.ts'
import { RoomNote } from './room-note.tsx'
import type { ChosenBuild } from './use-chosen-build.ts'
import classes from './start-summary.module.css'

export function StartSummary({ chosen, workers }: { chosen: ChosenBuild; workers: number }) {
  const { build } = chosen
  const clouds = useClouds()
  if (build === null) {
    return (
      <aside className={classes.summary} aria-label="What will happen">
        <p className="quiet">Choose a cluster environment to see what starting it will do.</p>
      </aside>
    )
  }
  const cloud = clouds.byId(build.cloud_id)?.name ?? '…'
  return (
    <aside className={classes.summary} aria-label="What will happen">
      <h2 className={classes.title}>What will happen</h2>
      <Details
        rows={[
          ['Cloud', cloud],
          [
            'Nodes',
            `${countOf(workers + 1, 'node')}: ${workers === 0 ? 'the head only' : `a head and ${countOf(workers, 'worker')}`}`,
          ],
          ['Image', <span className="mono">{build.docker_image_name}</span>],
          [
            'Download',
            build.size_bytes === null ? null : `${formatBytes(build.size_bytes)} per node, unless it is already there`,
          ],
          ['Ray', build.ray_version],
          ['Login', build.registry_login_secret === null ? 'none' : <LoginText secret={build.registry_login_secret} />],
        ]}
      />
      <RoomNote cloudId={build.cloud_id} cloud={cloud} workers={workers} />
    </aside>
  )
}

function LoginText({ secret }: { secret: string }) {
  return (
    <>
      each node reads <span className="mono">{secret}</span> itself
    </>
  )
}
