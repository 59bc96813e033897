/** Shows parallel work: live lines with bars on a terminal, plain lines elsewhere. */
import { rowText, TaskRow } from './task-row.mjs'

export class TaskBoard {
  #out
  #live
  #color
  /** @type {TaskRow[]} */
  #rows = []
  #drawn = 0
  /** @type {NodeJS.Timeout | undefined} */
  #timer

  /**
   * @param {NodeJS.WriteStream} [out]
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(out = process.stdout, env = process.env) {
    this.#out = out
    this.#live = out.isTTY && env['TERM'] !== 'dumb' && !env['CI']
    this.#color = this.#live && !env['NO_COLOR']
  }

  /**
   * Runs `work` as one row; `work` gets a function that reports its progress (0 to 1).
   * @template T
   * @param {string} name
   * @param {(tell: (fraction: number) => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(name, work) {
    const row = new TaskRow(name)
    this.#rows.push(row)
    if (this.#live) this.#start()
    else this.#out.write(`  ${name} …\n`)
    try {
      const result = await work((fraction) => {
        const quarter = row.reach(fraction)
        if (quarter !== undefined && !this.#live) this.#out.write(`  ${name}: ${quarter * 25} %\n`)
      })
      this.#end(row, 'done')
      return result
    } catch (error) {
      this.#end(row, 'failed')
      throw error
    }
  }

  /**
   * @param {TaskRow} row
   * @param {'done' | 'failed'} state
   */
  #end(row, state) {
    row.end(state)
    if (!this.#live) this.#out.write(`  ${row.name}: ${state} (${row.seconds().toFixed(1)} s)\n`)
    else if (this.#rows.every((other) => other.state !== 'running')) this.#stop()
  }

  #start() {
    this.#timer ??= setInterval(() => this.#draw(), 120)
    this.#draw()
  }

  #stop() {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#draw()
    this.#rows = []
    this.#drawn = 0
  }

  #draw() {
    const room = (this.#out.columns || 80) - 1
    const lines = this.#rows.map((row) => this.#paint(rowText(row).slice(0, room), row))
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    this.#out.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`)
    this.#drawn = lines.length
  }

  /**
   * @param {string} line
   * @param {TaskRow} row
   */
  #paint(line, row) {
    if (!this.#color || row.state === 'running') return line
    return `\u001b[${row.state === 'done' ? 32 : 31}m${line}\u001b[39m`
  }
}
