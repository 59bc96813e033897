/** When a node was last heard from. Of one that is online no list tells each sign of life; that it fell silent, the stream does. */
import type { Node } from '@fairlead/contract'
import { TimeText } from '../../ui/time-text.tsx'

export function HeardText({ node }: { node: Pick<Node, 'state' | 'last_heard_at'> }) {
  return node.state === 'online' ? <>moments ago</> : <TimeText at={node.last_heard_at} />
}
