/**
 * Network, mount and process namespaces that live exactly as long as one process in them, the holder. When the holder
 * ends, however that happens, the kernel ends every process in its namespaces and removes their mounts and links:
 * nothing needs manual cleanup.
 */
import { readFileSync } from 'node:fs'
import { eventually } from '../deadline.ts'
import { childOf, inLog, startService, untilReady } from '../service.ts'

export type NamespaceKind = 'net' | 'mount' | 'pid' | 'uts' | 'ipc' | 'cgroup'

export interface Namespaces extends AsyncDisposable {
  /** The holder; the namespaces are at `/proc/PID/ns/…`. */
  readonly pid: number
  /** The command line that runs a command inside. */
  readonly enter: (command: string, args: readonly string[], cwd?: string) => [command: string, args: string[]]
  readonly stop: () => Promise<void>
}

export interface NamespaceSpec {
  what: string
  kinds: readonly NamespaceKind[]
  logFile: string
  /** Shell commands that set them up from inside; those that end as another program print `holding` themselves. */
  setup: string
  env?: Record<string, string>
}

export async function holdNamespaces({ what, kinds, logFile, setup, env = {} }: NamespaceSpec): Promise<Namespaces> {
  const ownPids = kinds.includes('pid')
  // The holder must not wait for orphans, so it ignores the end of its children: the kernel then reaps them.
  const script = `set -e\n${setup}\necho holding\nexec env --ignore-signal=CHLD sleep infinity`
  const holder = startService({
    command: 'unshare',
    args: [
      ...kinds.map((kind) => `--${kind}`),
      ...(ownPids ? ['--fork', '--kill-child=KILL', '--mount-proc'] : []),
      'sh',
      '-c',
      script,
    ],
    logFile,
    env: { ...env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    // unshare leaves SIGTERM to its child while it waits.
    graceMs: ownPids ? 0 : 2000,
  })
  await untilReady(holder, what, inLog(holder, /^holding$/m))
  const pid = ownPids ? childOf(holder.pid) : holder.pid
  if (pid === undefined) throw new Error(`${what}: its first process ended\n${holder.tail()}`)
  const flags = kinds.map((kind) => `--${kind}`)
  const stop = async (): Promise<void> => {
    await holder.stop()
    await eventually(() => (hasEnded(pid) ? true : undefined), { what: `${what}: ends` })
  }
  return {
    pid,
    enter: (command, args, cwd = '/') => [
      'nsenter',
      // The folder as seen from inside.
      ['-t', String(pid), ...flags, `--wd=/proc/${pid}/root${cwd}`, '--', command, ...args],
    ],
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Gone, or dead and not yet reaped by its new parent: by then the kernel has ended everything in its namespace. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}
