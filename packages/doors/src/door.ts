/** A door: one question of a program that wants a login, and what is written to its standard output and error. Types alone. */

/** Travels to the agent as JSON, so that a start of the program itself needs to know nothing. */
export interface DoorQuestion {
  readonly door: 'docker' | 'kubelet'
  /** Standard input, as it came. */
  readonly input: string
  /** Files with maps of logins; an earlier one comes first. */
  readonly maps: readonly string[]
}

export interface DoorAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** What was decided; it goes into the local log, and holds nothing secret. */
export interface DoorDecision {
  readonly door: DoorQuestion['door']
  /** host[:port], or the image; null where the question could not be read. */
  readonly asked: string | null
  readonly secret: string | null
  readonly version: string | null
  readonly decision: 'answered' | 'not_mapped' | 'not_needed' | 'refused'
  readonly code: string | null
  /** A realm that was refused: the owner of the machine decides whether it is right. */
  readonly realm: string | null
}
