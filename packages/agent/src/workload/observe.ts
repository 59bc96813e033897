/** Looks at the current state: this node's containers, and whether the proved image is still there. */
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { CurrentStart } from './current-start.ts'
import type { NodeState } from './node-state.ts'
import { asWorkloadContainer, findOwn, labels } from './start.ts'

export async function observe(
  engine: Engine,
  nodeId: string,
  current: CurrentStart | null,
  signal: AbortSignal,
): Promise<NodeState> {
  const listed = await engine.containers(`${labels.node}=${nodeId}`, signal)
  const containers = listed
    .map((container) => asWorkloadContainer(container, nodeId))
    .filter((container) => container !== null)
  const own = current === null ? null : findOwn(containers, current.workload)
  // It may have been pruned between the pull and the container.
  const imageIsThere =
    current?.image != null && (own !== null || (await engine.image(current.image.id, signal)) !== null)
  return {
    containers,
    image: imageIsThere ? (current?.image ?? null) : null,
    rayChecked: current?.rayChecked ?? false,
    rayAskDue: current !== null && performance.now() >= current.nextAskAt,
    failure: current?.failure ?? null,
  }
}
