/** A context for tests: it records everything that is written, and its file system is a temporary folder. */
import type { Fetch } from '@fairlead/sdk'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from './usage-error.ts'
import type { CliContext, Output } from './context.ts'
import { runFairlead } from './run.ts'

export interface ScriptedWorld {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; an error is thrown when it is read. */
  readonly input?: string | Uint8Array | Error
  readonly isTTY?: boolean
  readonly columns?: number
  readonly fetch?: Fetch
  readonly signal?: AbortSignal
  readonly unread?: AbortSignal
  readonly loseOutput?: CliContext['loseOutput']
  readonly onHangup?: CliContext['onHangup']
  readonly now?: number
  /** Called after each write. */
  readonly onWrite?: (text: string) => void
}

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  /** The program that replaced it, and the variables that it got in addition to its own. */
  readonly became?: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> }
}

const never = new AbortController().signal

/** A separate folder of files, and the command line run in it. */
export class ScriptedShell implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-cli-'))

  write(name: string, text: string | Uint8Array): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  async run(args: readonly string[], world: ScriptedWorld = {}): Promise<Ran> {
    const { context, written } = this.context(world)
    const status = await runFairlead(args, context)
    return { status, ...written() }
  }

  /** For the part of a command that a test calls by itself. */
  context(world: ScriptedWorld = {}): { readonly context: CliContext; readonly written: () => Omit<Ran, 'status'> } {
    const out = recorder(world)
    const err = recorder(world)
    let became: Ran['became']
    const context: CliContext = {
      process: { stdout: out.output, stderr: err.output, exitCode: null },
      stdout: out.output,
      stderr: err.output,
      stdin: {
        isTTY: world.isTTY ?? false,
        askHidden: async () => new TextDecoder().decode(inputOf(world)),
        read: async (limit) => {
          const bytes = inputOf(world)
          if (bytes.byteLength > limit) throw new UsageError('standard input is too large')
          return bytes
        },
      },
      env: world.env ?? {},
      home: this.folder,
      cwd: this.folder,
      clock: { now: () => world.now ?? Date.now(), every: () => ({ stop: () => {} }) },
      become: (command, env) => void (became = { command, env }),
      signal: world.signal ?? never,
      unread: world.unread ?? never,
      loseOutput: world.loseOutput ?? (() => undefined),
      onHangup: world.onHangup ?? (() => undefined),
      ...(world.fetch && { fetch: world.fetch }),
    }
    return { context, written: () => ({ stdout: out.text(), stderr: err.text(), ...(became && { became }) }) }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function inputOf({ input = '' }: ScriptedWorld): Uint8Array {
  if (input instanceof Error) throw input
  return Buffer.from(input)
}

function recorder(world: ScriptedWorld): { output: Output; text: () => string } {
  let written = ''
  return {
    text: () => written,
    output: {
      write: (text) => {
        written += text
        world.onWrite?.(text)
      },
      isTTY: world.isTTY ?? false,
      columns: world.columns ?? 80,
      rows: 24,
      getColorDepth: () => (world.isTTY ? 8 : 1),
    },
  }
}
