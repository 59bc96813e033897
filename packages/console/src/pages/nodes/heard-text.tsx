/** When a node was last heard from. One that is online was heard from just now: no list tells each sign of life, and of its silence the stream tells at once. */
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
