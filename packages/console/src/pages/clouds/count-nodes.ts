/** How many nodes a cloud has, by state. */
import { NodeState, type Node } from '@fairlead/contract/wire'

type State = Node['state']

/** The states that occur, in the contract's order. */
export function countNodes(nodes: readonly Pick<Node, 'state'>[]): readonly (readonly [state: State, count: number])[] {
  return NodeState.options
    .map((state) => [state, nodes.filter((node) => node.state === state).length] as const)
    .filter(([, count]) => count > 0)
}
