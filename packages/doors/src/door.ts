/** A door: one question from a program that wants a login, and the text for its standard output and error. Types only. */
import type { OpenLogins } from './engine-login.ts'
import type { GiveTicket } from './kubelet/give-ticket.ts'
import type { LoginMap } from './login-map.ts'

/** Sent to the agent as JSON, so that the started program itself needs to know nothing. */
export interface DoorQuestion {
  readonly door: 'docker' | 'kubelet'
  /** Standard input, unchanged. */
  readonly input: string
  /** Files with maps of logins; earlier ones take precedence. */
  readonly maps: readonly string[]
}

export interface DoorAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** The decision, for the local log; it contains nothing secret. */
export interface DoorDecision {
  readonly door: DoorQuestion['door']
  /** host[:port], or the image; null if the question could not be parsed. */
  readonly asked: string | null
  /** Of the pod that the kubelet asked for, as `NAMESPACE/NAME`; null if it named none. */
  readonly service_account: string | null
  readonly secret: string | null
  readonly version: string | null
  readonly decision: 'answered' | 'ticket' | 'not_mapped' | 'not_needed' | 'refused'
  readonly code: string | null
  /** A refused realm: the machine's owner decides whether it is right. */
  readonly realm: string | null
}

/** What an answer is made from. */
export interface AnswerParts {
  readonly maps: readonly LoginMap[]
  readonly openLogins: OpenLogins
  readonly giveTicket: GiveTicket
}

export interface AnsweredDoor {
  readonly answer: DoorAnswer
  readonly decision: Pick<DoorDecision, 'decision' | 'secret' | 'version'>
}
