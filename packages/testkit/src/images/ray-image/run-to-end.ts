/** Runs a program to its end, line by line; it dies with this process, and its last lines explain a failure. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface RunOptions {
  onLine?: (line: string) => void
  signal?: AbortSignal | undefined
}

export async function runToEnd(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const { onLine, signal } = options
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    ...(signal === undefined ? {} : { signal }),
  })
  const lastLines: string[] = []
  const listen = (line: string) => {
    lastLines.push(line)
    if (lastLines.length > 15) lastLines.shift()
    onLine?.(line)
  }
  createInterface({ input: child.stdout }).on('line', listen)
  createInterface({ input: child.stderr }).on('line', listen)
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status !== 0) throw new Error(`${command} ended with ${status ?? 'a signal'}\n${lastLines.join('\n')}`)
}
