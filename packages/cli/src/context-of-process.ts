/** The context of a real run: only this file reads the process. */
import { homeFolder } from '@fairlead/credential-path/process/home-folder'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { isatty, type WriteStream } from 'node:tty'
import { Interrupted, UnwritableOutput, type CliContext, type Clock, type Input, type Output } from './context.ts'
import { isProgram } from './is-program.ts'
import { UsageError } from './usage-error.ts'

export function contextOfProcess(): CliContext {
  const unread = new AbortController()
  let mayLoseOutput = false
  const stdout = outputOf(process.stdout, 1, (error) => {
    // The reader of a pipe may leave early, as `head` does: the rest of the output is dropped, and the work goes on.
    if (error.code === 'EPIPE') unread.abort(new Interrupted())
    else if (!mayLoseOutput) throw new UnwritableOutput('', { cause: error })
  })
  const stderr = outputOf(process.stderr, 2, () => 'there is nowhere left to report it')
  const signal = endSignal()
  return {
    process: { stdout, stderr, exitCode: null },
    stdout,
    stderr,
    stdin: inputOf(signal),
    env: process.env,
    home: homeFolder(),
    get cwd() {
      return workingFolder()
    },
    clock,
    signal,
    unread: unread.signal,
    loseOutput: () => void (mayLoseOutput = true),
    onHangup: (work) => void process.on('SIGHUP', work),
    become,
  }
}

function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    throw new UsageError('the current folder was removed: change to another one first')
  }
}

const cursor = { hide: '\u001B[?25l', show: '\u001B[?25h' } as const

function outputOf(stream: WriteStream, descriptor: number, onError: (error: NodeJS.ErrnoException) => void): Output {
  stream.on('error', onError)
  let isCursorHidden = false
  process.on('exit', () => {
    if (isCursorHidden) stream.write(cursor.show)
  })
  return {
    write: (text) => {
      if (text.includes(cursor.hide)) isCursorHidden = true
      if (text.includes(cursor.show)) isCursorHidden = false
      stream.write(text)
    },
    isTTY: isatty(descriptor),
    get columns() {
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
    getColorDepth: () => (isatty(descriptor) ? stream.getColorDepth(process.env) : 1),
  }
}

const clock: Clock = {
  now: () => Date.now(),
  every: (milliseconds, tick) => {
    const timer = setInterval(tick, milliseconds)
    timer.unref()
    return { stop: () => clearInterval(timer) }
  },
}

const endings = ['SIGINT', 'SIGTERM'] as const

/** The first Ctrl-C requests an end; the second does not wait for it. */
function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of endings) {
    process.on(name, () => (controller.signal.aborted ? dieOf(name) : controller.abort(new Interrupted())))
  }
  return controller.signal
}

/** By the signal itself: a plain exit waits for a thread that is stuck in the system, such as one that opens a pipe nobody writes to. */
export function dieOf(name: NodeJS.Signals): void {
  process.on('exit', () => {
    for (const ending of endings) process.removeAllListeners(ending)
    process.kill(process.pid, name)
  })
  process.exit()
}

function become(command: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const [program = ''] = command
  const places = program.includes('/')
    ? [resolve(workingFolder(), program)]
    : (env['PATH'] ?? '').split(':').map((folder) => join(folder, program))
  const found = places.find(isProgram)
  if (found === undefined || process.execve === undefined) throw new UsageError(`there is no program ${program} to run`)
  process.execve(found, [...command], env)
}

function inputOf(signal: AbortSignal): Input {
  return {
    isTTY: isatty(0),
    read: async (limit) => {
      signal.addEventListener('abort', () => process.stdin.destroy(signal.reason as Error), { once: true })
      const tooLarge = () => new UsageError(`standard input is larger than ${limit} bytes`)
      const { bytesUpTo } = await import('@fairlead/credential-path/process/bytes-up-to')
      return bytesUpTo(limit, process.stdin, tooLarge)
    },
    askHidden: async (question) => {
      const { createInterface } = process.getBuiltinModule('node:readline')
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
      const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
      process.stderr.write(question)
      try {
        return await new Promise<string>((resolve, reject) => {
          lines.once('SIGINT', () => reject(new Interrupted()))
          lines.once('close', () => resolve(''))
          lines.question('', resolve)
        })
      } finally {
        lines.close()
        process.stderr.write('\n')
      }
    },
  }
}
