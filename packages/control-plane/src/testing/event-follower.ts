/** Follows the event stream like a reader that is disconnected now and then: it reconnects with the last id that it read. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface FollowedEvent {
  /** The number in its id. */
  readonly sequence: number
  readonly event: string
  /** The subject's id; undefined for a `reset`. */
  readonly id: string | undefined
}

export interface EventFollower extends AsyncDisposable {
  readonly seen: readonly FollowedEvent[]
}

/** Resolves when the stream is open. */
export async function followEvents(origin: string, token: string): Promise<EventFollower> {
  const ended = new AbortController()
  const seen: FollowedEvent[] = []
  const { promise: opened, resolve } = Promise.withResolvers<void>()
  let lastId: string | null = null
  const followOnce = async (): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, ...(lastId !== null && { 'last-event-id': lastId }) }
    const { body } = await fetch(`${origin}/api/v1/events`, { headers, signal: ended.signal })
    let text = ''
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part
      resolve()
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, id, sequence, event = '', data = ''] =
          /^id: ((\d+)\S*)\nevent: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
        text = text.slice(end + 2)
        if (id === undefined) continue
        lastId = id
        seen.push({ sequence: Number(sequence), event, id: (JSON.parse(data) as { id?: string }).id })
      }
    }
  }
  const follow = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await followOnce().catch(() => undefined)
      await sleep(50, undefined, { signal: ended.signal }).catch(() => undefined)
    }
  }
  const following = follow()
  await opened
  return {
    seen,
    async [Symbol.asyncDispose]() {
      ended.abort()
      await following
    },
  }
}
