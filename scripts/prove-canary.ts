/**
 * `npm run prove:canary`: shows that the passwords of a full run, and the tokens made with them, are only in the agent (S1, S5).
 * Exit code 1 if one is found elsewhere, or if a search misses a value known to be there.
 */
import { parseArgs } from 'node:util'
import { canaryTable, rowHolds } from '@fairlead/testkit'
import { proveCanary } from './canary/prove-canary.ts'
import { installCommand, missingPackages } from './setup/system-packages.mjs'
import { TaskBoard } from './setup/task-board.mjs'

const usage = `npm run prove:canary [-- --json]

A run of Fairlead with passwords that exist nowhere else, and a search for them: in memory, files, logs, packets,
command lines, environments and containers. Needs root. --json gives the table as JSON.
`

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help === true) {
    process.stdout.write(usage)
    return 0
  }
  const missing = missingPackages({ forTests: true })
  if (missing.length > 0) throw new Error(`Not on this machine: ${missing.join(', ')}\n${installCommand(missing)}`)
  const board = new TaskBoard(process.stderr)
  const rows = await proveCanary((name, work) => board.run(name, work))
  const proved = rows.every(rowHolds)
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ proved, places: rows }, null, 2)}\n`)
  } else {
    const { isTTY } = process.stdout
    const color = isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
    process.stdout.write(`\n${canaryTable(rows, { color })}\n`)
    process.stdout.write(
      'Processes are sampled: one that lives for less than the longest pause between two samples can be missed.\n',
    )
    process.stdout.write(proved ? 'Proved: every control was found, and no secret.\n' : 'NOT proved.\n')
  }
  return proved ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
