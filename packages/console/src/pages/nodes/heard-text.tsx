/** When a node was last heard from. An online node shows "just now": no list has every heartbeat, and the stream reports silence at once. */
import type { Node } from '@fairlead/contract/wire'
import { momentTitle, TimeText } from '../../ui/time-text.tsx'

export function HeardText({ node: { state, last_heard_at: at } }: { node: Pick<Node, 'state' | 'last_heard_at'> }) {
  if (state !== 'online' || at === null) return <TimeText at={at} />
  return (
    <time dateTime={at} title={`${momentTitle(at)}, when this page asked last`}>
      now
    </time>
  )
}
