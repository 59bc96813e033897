/** One way in which a registry misbehaves, as a table entry: what it does at which step, and what the user must see. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Contents, HonestImage } from './contents.ts'

/** What a request to a registry is about. */
export type Stage = 'ping' | 'token' | 'manifest' | 'config' | 'layer'

export interface RogueCase {
  /** Also the first label of the registry's host name in this case: `/v2/` names no repository, so a path cannot tell the cases apart. */
  readonly name: string
  /** The number of the rule that it breaks. */
  readonly rule: string
  /** Completes "a registry that …". */
  readonly what: string
  /** The problem code that the user sees; null: the image is still pulled. */
  readonly code: string | null
  /** How it lets clients in: by its own token, or by the password itself. */
  readonly challenge?: 'bearer' | 'basic'
  /** True: it reveals itself before anything may have been sent, so that not even the registry gets the login. */
  readonly beforeLogin?: boolean
  /** True: the villain's store is asked for a layer, as layer redirects may lead there; it still gets no login. */
  readonly visitsVillain?: boolean
  /** What its name resolves to on the first query, on the second, and so on; `itself` is its real address. */
  readonly resolvesTo?: readonly (readonly string[])[]
  /** True: its image is unique, so that an engine cannot already have one of its layers. */
  readonly ownImage?: boolean
  /** Serves these instead of the honest image. */
  readonly contents?: (image: HonestImage) => Contents
  readonly does?: Partial<Record<Stage, Behaviour>>
}

export interface World {
  /** `name:port` of the registry in this case. */
  readonly registry: string
  /** `host:port` of somebody else's server, with a trusted certificate. */
  readonly villain: string
  /** The villain's port, under which other names also reach it. */
  readonly villainPort: number
  /** `host:port` of the same over plain http. */
  readonly plainVillain: string
  /** A port that is listened on at every address of the node itself. */
  readonly insidePort: number
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly world: World
  /** How often this stage has been requested in this case, including this time. */
  readonly attempt: number
  /** Whether the request carries valid credentials. */
  readonly isAuthorized: boolean
  /** What a good registry would serve; null if it has nothing there. */
  readonly content: { readonly mediaType: string; readonly bytes: Buffer } | null
  /** Answers as a good registry would. */
  readonly honest: () => void
  /** Resets the connection. */
  readonly reset: () => void
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>
