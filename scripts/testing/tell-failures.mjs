/** Repeats the failures at the end of a long run, where they are easy to find. */

/** @typedef {import('./vitest-report.mjs').FileOutcome} FileOutcome */

const lines = 12

/**
 * @param {string} layer
 * @param {string} what how these failures count: `failed`, or `failed at first`
 * @param {FileOutcome[]} outcomes
 * @returns {string[]} empty if nothing failed
 */
export function failuresAsText(layer, what, outcomes) {
  return outcomes.flatMap(({ file, failures }) =>
    failures.map(
      ({ test, message }) => `${what}: ${[layer, file, test].filter(Boolean).join(' > ')}\n${start(message)}`,
    ),
  )
}

/** @param {string} message */
function start(message) {
  const all = message
    .trimEnd()
    .split('\n')
    .filter((line) => !/^\s+at .*(?:node_modules|<anonymous>)/.test(line))
  return [...all.slice(0, lines), ...(all.length > lines ? [`… ${all.length - lines} lines more above`] : [])]
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')
}
