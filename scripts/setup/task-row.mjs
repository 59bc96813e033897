/** One line of the task board: what is done, how far it is, how long it has taken. */

const barWidth = 28

export class TaskRow {
  /** @type {'running' | 'done' | 'failed'} */
  state = 'running'
  /** @type {number | undefined} */
  fraction
  #started = performance.now()
  #ended = 0
  #quarter = 0

  /** @param {string} name */
  constructor(name) {
    this.name = name
  }

  /**
   * Records a fraction; returns the quarter (1 to 3) that was just passed, if any.
   * @param {number} fraction
   */
  reach(fraction) {
    this.fraction = Math.min(1, Math.max(0, fraction))
    const quarter = Math.floor(this.fraction * 4)
    if (quarter <= this.#quarter || quarter >= 4) return undefined
    this.#quarter = quarter
    return quarter
  }

  /** @param {'done' | 'failed'} state */
  end(state) {
    this.state = state
    this.#ended = performance.now()
  }

  seconds() {
    return ((this.state === 'running' ? performance.now() : this.#ended) - this.#started) / 1000
  }
}

/** @param {TaskRow} row */
export function rowText(row) {
  const name = row.name.padEnd(30)
  if (row.state !== 'running') return `  ${name} ${row.state} (${row.seconds().toFixed(1)} s)`
  const seconds = `${row.seconds().toFixed(0)} s`
  if (row.fraction === undefined) return `  ${name} ${seconds}`
  const full = Math.round(barWidth * row.fraction)
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full)
  return `  ${name} ${bar} ${Math.round(row.fraction * 100)} %  ${seconds}`
}
