/** Runs `fairlead` as a user of the demo would: the same program, on the same terminal. */
import { spawn } from 'node:child_process'
import type { Narrator } from './narrator.ts'
import { fairleadProgram } from '@fairlead/testkit'

export interface FairleadUser {
  /** FAIRLEAD_HOST and so on. */
  env: Record<string, string>
  cwd: string
}

export interface Ran {
  status: number
  stdout: string
}

export class Fairlead {
  readonly #narrator: Narrator
  readonly #user: FairleadUser

  constructor(narrator: Narrator, user: FairleadUser) {
    this.#narrator = narrator
    this.#user = user
  }

  /** Shown on the terminal, live. */
  async type(...args: string[]): Promise<number> {
    this.#narrator.command('you', ['fairlead', ...args.map(quoted)].join(' '))
    const child = this.#start(args, 'inherit')
    return (await ended(child)).status
  }

  /** Not shown: only the demo reads it. */
  async ask<Answer>(...args: string[]): Promise<Answer> {
    const { status, stdout } = await ended(this.#start([...args, '--json'], 'pipe'))
    if (status !== 0) throw new Error(`fairlead ${args.join(' ')} ended with ${status}\n${stdout}`)
    return JSON.parse(stdout) as Answer
  }

  #start(args: string[], output: 'inherit' | 'pipe'): ReturnType<typeof spawn> {
    const { PATH, HOME, TERM, NO_COLOR, COLUMNS, LANG } = process.env
    const terminal = Object.entries({ PATH, HOME, TERM, NO_COLOR, COLUMNS, LANG }).filter(([, value]) => value)
    return spawn(process.execPath, [fairleadProgram, ...args], {
      cwd: this.#user.cwd,
      env: { ...Object.fromEntries(terminal), ...this.#user.env },
      stdio: ['ignore', output, output === 'inherit' ? 'inherit' : 'pipe'],
    })
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<Ran> {
  let stdout = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status: status ?? 1, stdout }))
  })
}

function quoted(word: string): string {
  return /^[\w./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
