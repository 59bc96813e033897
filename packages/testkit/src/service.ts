/** A program that runs in the background until it is stopped, or until this process ends. */
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keptEnv } from './command.ts'
import { eventually } from './deadline.ts'

export interface ServiceSpec {
  command: string
  args: readonly string[]
  logFile: string
  /** Added to a minimal environment, so that a test does not depend on what happens to be set. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  stdin?: string
  /** Receives its output, which then is not in the log. */
  onStdout?: (text: string) => void
  /** The signal it gets when this process dies; TERM for a program that has to clean up. */
  deathSignal?: 'KILL' | 'TERM'
  /** How long it may take to end after SIGTERM before it is killed. */
  graceMs?: number
  /** The command forks once and waits, as nsenter does for a pid namespace: the child is the program. */
  forks?: boolean
}

export interface Service extends AsyncDisposable {
  readonly pid: number
  readonly logFile: string
  /** The exit code; 128 plus the signal's number if a signal ended it. */
  readonly exited: Promise<number>
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
  readonly kill: (signal?: NodeJS.Signals) => void
  /** What it has logged since this start. */
  readonly log: () => string
  /** The last lines of its log. */
  readonly tail: (lines?: number) => string
  /** SIGTERM, then SIGKILL. */
  readonly stop: () => Promise<void>
}

export function startService(spec: ServiceSpec): Service {
  const {
    command,
    args,
    logFile,
    env,
    cwd,
    stdin,
    onStdout,
    deathSignal = 'KILL',
    graceMs = 10_000,
    forks = false,
  } = spec
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a')
  const logStart = fstatSync(log).size
  // A separate session: Ctrl-C on the terminal reaches this process, which then stops its services in order.
  const child = spawn('setpriv', ['--pdeathsig', deathSignal, command, ...args], {
    detached: true,
    env: { ...keptEnv(), ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: [stdin === undefined ? 'ignore' : 'pipe', onStdout === undefined ? log : 'pipe', log],
  })
  closeSync(log)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(stdin)
  child.stdout?.setEncoding('utf8').on('data', onStdout ?? (() => {}))
  const { promise: exited, resolve } = Promise.withResolvers<number>()
  let exitCode: number | undefined
  const ended = (code: number): void => {
    exitCode = code
    resolve(code)
  }
  child.once('error', () => ended(127))
  child.once('exit', (code, signal) => ended(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))

  const pid = (): number => (forks ? childOf(child.pid) : undefined) ?? child.pid ?? -1
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => {
    if (exitCode !== undefined) return
    const target = pid()
    sendSignal(target, signal)
    // nsenter stops and continues together with its child.
    if (signal === 'SIGCONT' && target !== child.pid) child.kill(signal)
  }
  const logged = (): string => readFileSync(logFile).subarray(logStart).toString('utf8')
  const stop = async (): Promise<void> => {
    if (exitCode !== undefined) return
    kill('SIGTERM')
    if (!(await Promise.race([exited.then(() => true), sleep(graceMs, false, { ref: false })]))) kill('SIGKILL')
    await exited
  }
  return {
    get pid() {
      return pid()
    },
    logFile,
    exited,
    get exitCode() {
      return exitCode
    },
    kill,
    log: logged,
    tail: (lines = 20) => logged().trimEnd().split('\n').slice(-lines).join('\n'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The first child of a process, in this machine's numbering; undefined if it has none. */
export function childOf(pid: number | undefined): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    return first === undefined || first === '' ? undefined : Number(first)
  } catch {
    return undefined
  }
}

/** Sends a signal to a process that may have ended in the meantime. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until a service answers; one that exits instead, or takes too long, is stopped and its log is shown. */
export async function untilReady<Answer>(
  service: Service,
  what: string,
  probe: () => Promise<Answer | undefined> | Answer | undefined,
  timeoutMs = 20_000,
  everyMs?: number,
): Promise<Answer> {
  const evidence = (): string => `The end of ${service.logFile}:\n${service.tail()}`
  try {
    return await eventually(
      () => {
        if (service.exitCode === undefined) return probe()
        throw new Error(`${what}: ended with ${service.exitCode} instead.\n${evidence()}`)
      },
      { what, timeoutMs, evidence, ...(everyMs !== undefined && { everyMs }) },
    )
  } catch (error) {
    await service.stop()
    throw error
  }
}

/** The first match in a service's log since its start, as a probe for `untilReady`. */
export function inLog(service: Service, pattern: RegExp): () => RegExpExecArray | undefined {
  return () => pattern.exec(service.log()) ?? undefined
}
