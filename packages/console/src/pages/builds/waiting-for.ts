/** What the check of a build waits for. Pure. */
import type { Build, Node } from '@fairlead/contract/wire'

/** `node`: one that is online. `lease`: one of those to take it. `steps`: its first message. */
export type WaitingFor = 'node' | 'lease' | 'steps' | null

export function waitingFor(
  build: Pick<Build, 'status' | 'problem'> & { readonly steps: readonly unknown[] },
  nodes: readonly Pick<Node, 'state'>[] | null,
): WaitingFor {
  if (build.steps.length > 0 || build.problem !== null) return null
  if (build.status === 'in_progress') return 'steps'
  if (build.status !== 'pending') return null
  const isNoneThere = nodes !== null && nodes.every(({ state }) => state !== 'online')
  return isNoneThere ? 'node' : 'lease'
}
