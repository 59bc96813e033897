/** All that a command may touch of the world. A test gives its own. */
import type { Fetch } from '@fairlead/sdk'
import type { CommandContext } from '@stricli/core'

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Width of the terminal; of no meaning where it is none. */
  readonly columns: number
  readonly rows: number
  getColorDepth(): number
}

export interface Input {
  readonly isTTY: boolean
  /** All of standard input; a problem where it is larger than `limit` bytes. */
  read(limit: number): Promise<Uint8Array>
  /** One line from the terminal, not shown as it is typed. */
  askHidden(question: string): Promise<string>
}

export interface Clock {
  now(): number
  /** Calls `tick` again and again until it is stopped. */
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
  /** What to do at SIGHUP, which else ends the process. */
  readonly onHangup: (work: () => void) => void
  /** Runs another program in the place of this one, which then gets its terminal, its signals and its exit status; a usage error where it is not there. */
  readonly become: (command: readonly string[], env: Readonly<Record<string, string | undefined>>) => void
  /** In place of the platform's own, for tests. */
  readonly fetch?: Fetch
}

/** Why `signal` was aborted: somebody asked for the end. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted'
}

/** Standard output took nothing more, as where its disk is full; `cause` is what the system said. */
export class UnwritableOutput extends Error {
  override readonly name = 'UnwritableOutput'
}

/** The end was asked for while the control plane goes on with what it was told; the message says how to look again. */
export class LeftRunning extends Interrupted {
  override readonly name = 'LeftRunning'
}
