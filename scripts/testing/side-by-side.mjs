/** Jobs that mostly wait run a few at a time, and start in the given order. */

/**
 * @template Result
 * @param {number} width how many run at once
 * @param {readonly (() => Promise<Result>)[]} jobs
 * @returns {Promise<Result[]>} in the order of the jobs; rejects with the first failure, after the running jobs have ended
 */
export async function sideBySide(width, jobs) {
  const queue = [...jobs.entries()]
  /** @type {Result[]} */
  const results = []
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [place, job] = next
      try {
        results[place] = await job()
      } catch (error) {
        queue.length = 0
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: width }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return results
}
