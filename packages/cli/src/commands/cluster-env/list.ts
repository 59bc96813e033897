/** `fairlead cluster-env list`: the environments, or the builds of one. */
import { connect } from '../../connection/connect.ts'
import { findClusterEnvironment } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printList } from '../../print.ts'
import { formatAge, formatBytes } from '../../terminal/units.ts'

export interface EnvironmentListFlags extends ListFlags, NameOrIdFlags {
  readonly includeArchived?: boolean
}

export default async function list(this: CliContext, flags: EnvironmentListFlags, named?: string): Promise<void> {
  const isOfOne = named !== undefined || flags.name !== undefined || flags.id !== undefined
  const by = isOfOne ? chosenNameOrId('fairlead cluster-env list', flags, named) : null
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const now = this.clock.now()
  if (by !== null) {
    const environment = await findClusterEnvironment(client, by, this.signal)
    const builds = await client.builds.list(environment.id, options).take(flags.maxItems)
    return printList(this, flags, builds, {
      headers: ['BUILD', 'STATUS', 'IMAGE', 'RAY', 'SIZE', 'CREATED'],
      row: (build) => [
        `${environment.name}:${build.revision}`,
        build.problem ? `${build.status} ${build.problem.code}` : build.status,
        build.docker_image_name,
        build.byod_ray_version ?? build.ray_version,
        build.size_bytes === null ? '' : formatBytes(build.size_bytes),
        formatAge(build.created_at, now),
      ],
      empty: 'No builds yet. Create one: fairlead cluster-env build -n NAME FILE.yaml',
    })
  }
  const query = flags.includeArchived ? { include_archived: true } : {}
  const environments = await client.clusterEnvironments.list(query, options).take(flags.maxItems)
  printList(this, flags, environments, {
    headers: ['NAME', 'NEWEST', 'STATUS', 'IMAGE', 'RAY', 'CHANGED'],
    row: ({ name, latest_build: build, archived_at: archived, last_modified_at: changed }) => [
      name,
      `:${build.revision}`,
      archived === null ? build.status : 'archived',
      build.docker_image_name,
      build.byod_ray_version ?? build.ray_version,
      formatAge(changed, now),
    ],
    empty: 'No cluster environments yet. Register an image: fairlead cluster-env build -n NAME FILE.yaml',
  })
}
