/**
 * One stream of changes for all tabs of a browser that use the same name: a browser opens six connections to an origin over HTTP/1.1,
 * and a stream holds one for its whole life. The tab that holds the lock of that name reads the stream and informs the others on a channel;
 * when it closes, the lock passes to the next, which continues after the last change that it heard. If it holds the lock but says nothing
 * (its browser froze it), the lock is taken from it.
 */
import { ChangeKind } from '@fairlead/contract/wire'
import type { Change, EventOptions } from '@fairlead/sdk'
import { z } from 'zod'
import { TabChannel } from '../tabs/tab-channel.ts'

export interface SharedStreamOptions {
  /** The name of the lock and the channel: tabs with different tokens have different names. */
  readonly name: string
  /** Reads the stream itself, in the leading tab. */
  readonly open: (
    options: Pick<EventOptions, 'signal' | 'lastEventId' | 'onOpen' | 'onCut' | 'onHeard'>,
  ) => AsyncIterable<Change>
  /** The stream is open; earlier changes may have been missed. */
  readonly onOpen: () => void
  readonly onCut: () => void
  readonly onChange: (change: Change) => void
  /** How long the leading tab may say nothing. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** What a tab says to the others. `hello`: it is new, and asks for the state of the stream. */
const Said = z.union([
  z.strictObject({ kind: z.enum(['hello', 'open', 'alive', 'cut']) }),
  z.strictObject({
    kind: z.literal('change'),
    change: z.strictObject({ eventId: z.string().nullable(), kind: ChangeKind, id: z.string() }),
  }),
])
type Said = z.infer<typeof Said>

/** Ends only when aborted, or with a stream problem that waiting does not solve. */
export async function followShared(options: SharedStreamOptions): Promise<void> {
  const follower = new Follower(options)
  try {
    for (let steals = false; ;) steals = (await follower.turn(steals)) === 'unheard'
  } finally {
    follower.leave()
  }
}

class Follower {
  readonly #options: SharedStreamOptions
  readonly #channel: TabChannel<Said>
  #state: 'connecting' | 'live' | 'lost' = 'connecting'
  #lastEventId: string | undefined
  #leads = false
  #onHeard: () => void = () => {}

  constructor(options: SharedStreamOptions) {
    this.#options = options
    this.#channel = new TabChannel(options.name, Said, (said) => this.#receive(said))
    this.#channel.say({ kind: 'hello' })
  }

  /** Waits for the lock, or takes it, and leads while it holds it. `unheard`: the tab that has it says nothing. */
  async turn(steals: boolean): Promise<'unheard' | 'robbed'> {
    const { name, signal, patienceMs, onCut } = this.#options
    const turn = new AbortController()
    const patience = new Patience(patienceMs, () => turn.abort())
    this.#onHeard = () => patience.renew()
    const until = AbortSignal.any([signal, turn.signal])
    const lead = async (): Promise<never> => {
      patience.end()
      this.#leads = true
      return this.#lead(until)
    }
    try {
      return await navigator.locks.request(name, steals ? { steal: true } : { signal: until }, lead)
    } catch (error) {
      signal.throwIfAborted()
      if (this.#leads && isAbort(error)) return 'robbed'
      if (!turn.signal.aborted) throw error
      this.#state = 'lost'
      onCut()
      return 'unheard'
    } finally {
      patience.end()
      this.#leads = false
      turn.abort()
    }
  }

  leave(): void {
    this.#channel.close()
  }

  async #lead(signal: AbortSignal): Promise<never> {
    const say = (said: Said) => {
      if (signal.aborted) return
      this.#channel.say(said)
      this.#hear(said)
    }
    const stream = this.#options.open({
      signal,
      lastEventId: this.#lastEventId,
      onOpen: () => say({ kind: 'open' }),
      onCut: () => say({ kind: 'cut' }),
      onHeard: () => say({ kind: 'alive' }),
    })
    for await (const change of stream) say({ kind: 'change', change })
    throw new Error('the stream of changes has no end')
  }

  #receive(said: Said): void {
    if (said.kind !== 'hello') this.#hear(said)
    else if (this.#leads && this.#state !== 'connecting') {
      this.#channel.say({ kind: this.#state === 'live' ? 'alive' : 'cut' })
    }
  }

  #hear(said: Said): void {
    const { onOpen, onCut, onChange } = this.#options
    this.#onHeard()
    if (said.kind === 'change') {
      this.#lastEventId = said.change.eventId ?? this.#lastEventId
      onChange(said.change)
    } else if (said.kind === 'cut') {
      this.#state = 'lost'
      onCut()
    } else if (said.kind === 'open' || this.#state !== 'live') {
      this.#state = 'live'
      onOpen()
    }
  }
}

/** Calls `onEnd` if nothing renewed it for that long. */
class Patience {
  readonly #milliseconds: number
  readonly #onEnd: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #hasEnded = false

  constructor(milliseconds: number, onEnd: () => void) {
    this.#milliseconds = milliseconds
    this.#onEnd = onEnd
    this.renew()
  }

  renew(): void {
    clearTimeout(this.#timer)
    if (!this.#hasEnded) this.#timer = setTimeout(this.#onEnd, this.#milliseconds)
  }

  end(): void {
    this.#hasEnded = true
    clearTimeout(this.#timer)
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
