/** Everything a command may touch in the outside world. Tests provide another. */
import type { Fetch } from '@fairlead/sdk'
import type { CommandContext } from '@stricli/core'

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Width of the terminal; meaningless without one. */
  readonly columns: number
  readonly rows: number
  getColorDepth(): number
}

export interface Input {
  readonly isTTY: boolean
  /** All of standard input; a problem if it is larger than `limit` bytes. */
  read(limit: number): Promise<Uint8Array>
  /** One line from the terminal, not echoed. */
  askHidden(question: string): Promise<string>
}

export interface Clock {
  now(): number
  /** Calls `tick` repeatedly until stopped. */
  every(milliseconds: number, tick: () => void): { stop(): void }
}

export interface CliContext extends CommandContext {
  readonly process: { readonly stdout: Output; readonly stderr: Output; exitCode?: number | string | null }
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly cwd: string
  readonly clock: Clock
  /** Aborted by Ctrl-C or SIGTERM, with an `Interrupted`. */
  readonly signal: AbortSignal
  /** Aborted, with an `Interrupted`, once nobody reads standard output: for a command that only prints, without an end. */
  readonly unread: AbortSignal
  /** From now on, what standard output does not accept is lost, and no problem: for a service, which is not down for what it prints. */
  readonly loseOutput: () => void
  /** What to do at SIGHUP, which otherwise ends the process. */
  readonly onHangup: (work: () => void) => void
  /** Replaces this program with another, which gets its terminal, signals and exit status; a usage error if it does not exist. */
  readonly become: (command: readonly string[], env: Readonly<Record<string, string | undefined>>) => void
  /** Replaces the platform's own, for tests. */
  readonly fetch?: Fetch
}

/** Why `signal` was aborted: the user asked for the end. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted'
}

/** Standard output accepted no more, for example because its disk is full; `cause` is the system's error. */
export class UnwritableOutput extends Error {
  override readonly name = 'UnwritableOutput'
}

/** The user ended the command while the control plane continues its work; the message says how to look again. */
export class LeftRunning extends Interrupted {
  override readonly name = 'LeftRunning'
}
