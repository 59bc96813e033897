/**
 * What the kubelet's provider gives in place of a login where the registry has a door: a statement of which service account's pod pulls which
 * repository. The kubelet and containerd carry it to the door like a password. Only root on this node can make it, since it is signed with the
 * key that engines show to the door; so nobody can write one into a pull secret, and it is of no use on another node (ADR 64). Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { keysOf } from '../engines/mirror-place.ts'
import type { ServiceAccount } from './service-account.ts'

export interface Ticket {
  /** The registry's key. */
  readonly registry: string
  readonly repository: string
  /** Null for a static pod, and if the kubelet sent no token. */
  readonly account: ServiceAccount | null
  /** In milliseconds since 1970. */
  readonly expires: number
}

/** Any engine's key would do: each is for root alone. */
export const ticketKeyFile = (stateDir: string): string => keysOf('containerd', stateDir).key

export const ticketUser = 'fairlead-ticket'
/** Longer than a large image takes: the engine shows the ticket with its last layer, too. */
export const ticketLifeMs = 60 * 60_000

const longestHeader = 4096
const Content = z.strictObject({
  registry: z.string(),
  repository: z.string(),
  account: z.strictObject({ namespace: z.string(), name: z.string() }).nullable(),
  expires: z.number(),
})

/** `key`: the bytes of a file that only root can read. */
export function formatTicket(ticket: Ticket, key: Uint8Array): string {
  const content = Buffer.from(JSON.stringify(Content.parse(ticket))).toString('base64url')
  return `${content}.${sealOf(content, key)}`
}

export interface TicketCheck extends Pick<Ticket, 'registry' | 'repository'> {
  readonly key: Uint8Array
  readonly now: number
}

/** Whose pod asks, by an Authorization header. Throws DOOR_NEEDS_TICKET if it has no ticket for this repository, which repeats nothing of it. */
export function ticketHolder(
  authorization: string | undefined,
  { registry, repository, key, now }: TicketCheck,
): ServiceAccount | null {
  const ticket = ticketIn(passwordIn(authorization), key)
  const isForThis = ticket?.registry === registry && ticket.repository === repository
  if (!isForThis || now >= ticket.expires) throw problem('DOOR_NEEDS_TICKET', { registry })
  return ticket.account
}

function ticketIn(text: string, key: Uint8Array): Ticket | null {
  const [content = '', seal = '', ...more] = text.split('.')
  const right = Buffer.from(sealOf(content, key))
  const given = Buffer.from(seal)
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null
  return Content.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
}

/** Of Basic authentication as our user; empty if it is none. */
function passwordIn(authorization = ''): string {
  const [, encoded = ''] = /^Basic ([\w+/]+={0,2})$/i.exec(authorization.slice(0, longestHeader)) ?? []
  const [, password = ''] =
    new RegExp(`^${ticketUser}:(.*)$`, 's').exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password
}

const sealOf = (content: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(`ticket ${content}`).digest('base64url')
