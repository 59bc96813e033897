/** Waits while idle nodes bring the image of a build. */
import type { Build } from '@fairlead/contract/wire'
import { withTimeout, type WaitOptions } from './wait.ts'

/** The parts of a client used here. */
export interface PrefetchClient {
  watchBuild(id: string, options: WaitOptions & { signal: AbortSignal }): AsyncIterable<Build>
}

export interface PrefetchOptions extends WaitOptions {
  /** 2 s by default: no event tells of each node, and a fleet may take minutes. */
  readonly pollRateSeconds?: number | undefined
  /** Called with the build whenever it changes. */
  readonly onBuild?: (build: Build) => void
  /** After so long without another node that has the image, no more are expected; 600 by default. */
  readonly patienceSeconds?: number | undefined
}

/** `bringing`: more nodes may come. */
export type PrefetchState =
  | 'bringing'
  /** All idle nodes have the image. */
  | 'done'
  /** Those that do not have it could not bring it. */
  | 'failed'
  | 'no-idle-node'
  /** No node is asked to bring it, or no longer. */
  | 'not-asked'

export function prefetchState({ prefetch_progress: progress }: Pick<Build, 'prefetch_progress'>): PrefetchState {
  if (progress === undefined) return 'not-asked'
  const { idle_nodes: idle, ready_nodes: ready, failed_nodes: failed } = progress
  if (idle === 0) return 'no-idle-node'
  if (ready === idle) return 'done'
  return ready + failed === idle ? 'failed' : 'bringing'
}

/** Returns the build as it was last seen, in whichever state: idle nodes bring the image whether or not somebody waits. */
export async function waitForPrefetch(client: PrefetchClient, build: Build, options: PrefetchOptions): Promise<Build> {
  const patienceMs = (options.patienceSeconds ?? 600) * 1000
  return withTimeout(options, async (signal) => {
    const stalled = new AbortController()
    const expectMore = () => setTimeout(() => stalled.abort(), patienceMs)
    let patience = expectMore()
    let latest = build
    try {
      const pollRateSeconds = options.pollRateSeconds ?? 2
      const watched = { pollRateSeconds, signal: AbortSignal.any([signal, stalled.signal]) }
      for await (const current of client.watchBuild(build.id, watched)) {
        clearTimeout(patience)
        patience = expectMore()
        latest = current
        options.onBuild?.(current)
        if (prefetchState(current) !== 'bringing') break
      }
    } catch (error) {
      if (!stalled.signal.aborted || signal.aborted) throw error
    } finally {
      clearTimeout(patience)
    }
    return latest
  })
}
