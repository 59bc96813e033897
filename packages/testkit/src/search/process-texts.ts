/** What any user on a machine can read about its processes: their command lines and, as root, the environments they started with. */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessSamples {
  texts: readonly (readonly [text: string, place: string])[]
  samples: number
  /** A process that lived for less than this may not have been seen. */
  longestPauseMs: number
}

/** At 20 ms, half a second: what a program becomes later is seen when all are checked. */
const looksAtNew = 25

/** Every distinct text, with the name of one process that had it. */
export class ProcessTexts {
  /** How often each living process was checked. */
  readonly #looks = new Map<string, number>()
  readonly #seen = new Map<string, string>()
  /** How often the list of all processes was read. */
  samples = 0

  /** Checks new processes a few times, since they go on to become other programs; checks all of them on request. */
  sample(everything: boolean): void {
    this.samples += 1
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    for (const pid of pids) {
      const looks = this.#looks.get(pid) ?? 0
      if (looks >= looksAtNew && !everything) continue
      this.#looks.set(pid, looks + 1)
      this.#take(pid, 'cmdline')
      this.#take(pid, 'environ')
    }
    const alive = new Set(pids)
    for (const pid of this.#looks.keys()) if (!alive.has(pid)) this.#looks.delete(pid)
  }

  get texts(): readonly (readonly [text: string, place: string])[] {
    return [...this.#seen]
  }

  #take(pid: string, file: 'cmdline' | 'environ'): void {
    let text: string
    try {
      text = readFileSync(`/proc/${pid}/${file}`, 'latin1')
    } catch {
      // It has ended in the meantime.
      return
    }
    if (text !== '' && !this.#seen.has(text)) this.#seen.set(text, `${file} of process ${pid}`)
  }
}
