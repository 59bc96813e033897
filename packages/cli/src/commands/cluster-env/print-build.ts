/** How a build ended or what it waits for, and what to do next. */
import type { Build } from '@fairlead/contract/wire'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatBytes, formatTime } from '../../terminal/units.ts'
import { prefetchedText } from './prefetch-text.ts'

export interface BuildView {
  readonly build: Build
  readonly name: string
  readonly cloudName: string
}

export function printBuild(context: CliContext, view: BuildView): void {
  const { build, name, cloudName } = view
  const paint = paintFor(context.stdout, context.env)
  const identifier = `${name}:${build.revision}`
  const next = `fairlead cluster start -n NAME --env ${identifier}`
  if (build.status === 'succeeded') {
    context.stdout.write(`${paint.green(paint.bold(identifier))} is ready\n${buildDetails(context, view)}\n`)
    context.stdout.write(`${paint.dim('next:')}  ${next}\n`)
    return
  }
  if (build.status === 'pending') {
    context.stdout.write(
      `${paint.bold(identifier)} is registered, not checked yet: no node of cloud ${cloudName} is online\n` +
        `${paint.dim('next:')}  fairlead node join-token --cloud-name ${cloudName}   (or start a cluster: its nodes check it then)\n`,
    )
    return
  }
  context.stdout.write(`${paint.bold(identifier)} is registered; its check continues\n`)
  context.stdout.write(`${paint.dim('next:')}  fairlead cluster-env get ${identifier}\n`)
}

/** A check pulls nothing, so only a start finds what the image has. */
export function rayText({
  ray_version: said,
  byod_ray_version: found,
}: Pick<Build, 'ray_version' | 'byod_ray_version'>): string {
  if (found === null) return `${said} in ray_version; the first start compares it with the image`
  return found === said
    ? `${found}, as found in the image`
    : `${found}, as found in the image; ray_version says ${said}`
}

export function buildDetails(context: CliContext, { build, cloudName }: BuildView): string {
  return formatDetails(
    [
      ['image', build.docker_image_name],
      ['digest', build.digest],
      ['size', build.size_bytes === null ? null : `${formatBytes(build.size_bytes)} to download`],
      ['platform', build.platform],
      ['prefetched', prefetchedText(build)],
      ['ray', rayText(build)],
      ['secret', build.registry_login_secret ?? 'none: pulled without a login'],
      ...Object.entries(build.env_vars).map(
        ([name, value]) => ['env var', value === null ? name : `${name}=${value}`] as const,
      ),
      ['cloud', cloudName],
      ['status', build.status],
      ['created', formatTime(build.created_at)],
      ['id', build.id],
    ],
    paintFor(context.stdout, context.env),
  )
}
