/** One way in which a registry misbehaves, as an entry of a table: what it does at which step, and what the user must see. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Contents, HonestImage } from './contents.ts'

/** What a request to a registry is about. */
export type Stage = 'ping' | 'token' | 'manifest' | 'config' | 'layer'

export interface RogueCase {
  /** Also the first label of the registry's host name in this case: `/v2/` names no repository, so a path cannot tell. */
  readonly name: string
  /** The rule that it breaks, by number. */
  readonly rule: string
  /** Completes "a registry that …". */
  readonly what: string
  /** The problem code that the user sees; null: the image is pulled all the same. */
  readonly code: string | null
  /** How it lets in: by a token of its own, or by the password itself. */
  readonly challenge?: 'bearer' | 'basic'
  /** True: it shows itself before anything may have been sent, so that not even the registry gets the login. */
  readonly beforeLogin?: boolean
  /** True: the villain's store is asked for a layer, as redirects of layers may; it still gets no login. */
  readonly visitsVillain?: boolean
  /** What its name resolves to at the first question, at the second, and from then on; `itself` is where it is. */
  readonly resolvesTo?: readonly (readonly string[])[]
  /** True: its image is like no other, so that an engine cannot have a layer of it. */
  readonly ownImage?: boolean
  /** Serves these instead of the honest image. */
  readonly contents?: (image: HonestImage) => Contents
  readonly does?: Partial<Record<Stage, Behaviour>>
}

export interface World {
  /** `name:port` of the registry in this case. */
  readonly registry: string
  /** `host:port` of a server of somebody else, with a certificate that is trusted. */
  readonly villain: string
  /** The villain's port, under which it can be had by other names, too. */
  readonly villainPort: number
  /** `host:port` of the same over plain http. */
  readonly plainVillain: string
  /** A port on which something listens on every address of the node itself. */
  readonly insidePort: number
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly world: World
  /** How often this stage was asked for in this case, this time included. */
  readonly attempt: number
  /** Whether the request carries what lets it in. */
  readonly isAuthorized: boolean
  /** What a good registry would serve; null where it has nothing there. */
  readonly content: { readonly mediaType: string; readonly bytes: Buffer } | null
  /** Answers as a good registry would. */
  readonly honest: () => void
  /** Resets the connection. */
  readonly reset: () => void
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>
