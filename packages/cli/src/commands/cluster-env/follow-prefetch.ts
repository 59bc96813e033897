/** Shows how many idle nodes have the image of a checked build, until no more are expected to bring it. */
import type { Build } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import type { CliContext } from '../../context.ts'
import { showSteps } from '../../steps/step-board.ts'
import { isLive } from '../../terminal/paint.ts'
import { leaveRunning } from '../leave-running.ts'
import { bringingText } from './prefetch-text.ts'

export interface FollowOptions {
  readonly json?: boolean
  readonly timeout?: number | undefined
  /** Of its environment. */
  readonly name: string
}

export async function followPrefetch(
  context: CliContext,
  client: FairleadClient,
  build: Build,
  options: FollowOptions,
): Promise<Build> {
  const shown = isLive(context.stdout, context.env) ? () => true : eachQuarter()
  try {
    return await showSteps(context, options, (show) =>
      client.waitForPrefetch(build, {
        signal: context.signal,
        timeoutSeconds: options.timeout,
        onBuild: (current) => {
          // Without an idle node there is nothing to follow.
          if (current.prefetch_progress?.idle_nodes && shown(current))
            show([{ title: null, steps: [], waiting: bringingText(current) }])
        },
      }),
    )
  } catch (error) {
    const look = `look:  fairlead cluster-env get ${options.name}:${build.revision}`
    const hint = `Idle nodes continue to bring the image without this terminal.\n${look}\n`
    throw leaveRunning(context, options, error, hint)
  }
}

/** A line for each of a thousand nodes says no more than a few. */
function eachQuarter(): (build: Build) => boolean {
  let last = ''
  return ({ prefetch_progress: progress }) => {
    const { idle_nodes: idle, ready_nodes: ready, failed_nodes: failed } = progress ?? noNodes
    const quarters = (nodes: number) => (4 * nodes) / Math.max(idle, 1)
    const now = `${Math.floor(quarters(ready))} ${Math.ceil(quarters(failed))}`
    const isNew = now !== last
    last = now
    return isNew
  }
}

const noNodes = { idle_nodes: 0, ready_nodes: 0, failed_nodes: 0 }
