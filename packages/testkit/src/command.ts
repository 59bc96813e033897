/** Runs a command to its end and returns its output. */
import { spawn } from 'node:child_process'

export interface CommandOptions {
  cwd?: string
  /** The whole environment; this process's environment when absent. */
  env?: NodeJS.ProcessEnv
  input?: string
  timeoutMs?: number
}

export interface CommandResult {
  /** The exit code; 128 plus the signal's number if a signal ended it, as in a shell. */
  status: number
  stdout: string
  stderr: string
}

export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, input, timeoutMs = 120_000 }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...keptEnv(), ...env } }),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  // A command that exits without reading its input closes the pipe early; its status shows that.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  child.once('error', reject)
  child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 128)))
  const status = await promise
  return { status, stdout: stdout(), stderr: stderr() }
}

/** As above, for a command that must succeed: returns its standard output. */
export async function mustRun(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await runCommand(command, args, options)
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr || stdout}`)
}

/** What a process inherits from this one's environment, in addition to what it is given. */
export const keptEnv = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
})

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
