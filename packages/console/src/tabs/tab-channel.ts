/** Messages between the tabs of one origin, port included. Anything that is not `Said`, as from a tab of another version, is ignored. */
import type { z } from 'zod'

export class TabChannel<Said> {
  readonly #channel: BroadcastChannel

  constructor(name: string, schema: z.ZodType<Said>, onSaid: (said: Said) => void) {
    this.#channel = new BroadcastChannel(name)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const said = schema.safeParse(data)
      if (said.success) onSaid(said.data)
    })
  }

  /** To all tabs except this one. */
  say(said: Said): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows: a channel has one origin
    this.#channel.postMessage(said)
  }

  close(): void {
    this.#channel.close()
  }
}
