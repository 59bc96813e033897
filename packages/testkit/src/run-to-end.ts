/** Runs a program to its end, line by line; it dies with this process, and its last lines explain a failure. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface RunOptions {
  cwd?: string
  /** This process's environment when absent. */
  env?: NodeJS.ProcessEnv
  onLine?: (line: string) => void
  /** The signal at the end of this process. */
  endedBy?: 'KILL' | 'TERM'
}

export async function runToEnd(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, onLine, endedBy = 'KILL' }: RunOptions = {},
): Promise<void> {
  const child = spawn('setpriv', ['--pdeathsig', endedBy, command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    cwd,
  })
  const lastLines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line)
      if (lastLines.length > 25) lastLines.shift()
      onLine?.(line)
    })
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status !== 0) throw new Error(`${command} ended with ${status ?? 'a signal'}\n${lastLines.join('\n')}`)
}
