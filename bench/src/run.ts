/** `npm run bench`: measures what Fairlead promises, one benchmark after another, and prints the results. Nothing here asserts a time. */
import { writeFile } from 'node:fs/promises'
import { agentAtRest } from './agent-at-rest.ts'
import { apiAtSize } from './api-at-size.ts'
import type { Benchmark, BenchTable } from './benchmark.ts'
import { commitOf, compare, formatComparison } from './compare.ts'
import { credentialSteps } from './credential-steps.ts'
import { cliStart } from './cli-start.ts'
import { dockerHelper } from './docker-helper.ts'
import { fleet } from './fleet.ts'
import { fromNothing } from './from-nothing.ts'
import { describeHost } from './host.ts'
import { orderToRunning, prefetchedStart } from './order-to-running.ts'
import { helpText, readOptions, withoutComparison, type RunOptions } from './options.ts'
import { openDoor } from './open-door.ts'
import { pullOnce } from './pull-once.ts'
import { formatTable, toDocument } from './table.ts'

const benchmarks: readonly Benchmark[] = [
  fromNothing,
  orderToRunning,
  prefetchedStart,
  pullOnce,
  credentialSteps,
  openDoor,
  cliStart,
  dockerHelper,
  agentAtRest,
  fleet,
  apiAtSize,
]

async function main(args: readonly string[]): Promise<number> {
  let options: RunOptions | null
  let before: string | null
  try {
    options = readOptions(args, benchmarks)
    before = options?.compareWith == null ? null : commitOf(options.compareWith)
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${helpText(benchmarks)}\n`)
    return 2
  }
  if (options === null) console.log(helpText(benchmarks))
  else if (before === null) await measure(options)
  else {
    const asked = { commit: before, rounds: options.rounds, args: withoutComparison(args) }
    console.log(`\n${formatComparison(compare(asked, (line) => console.log(line)))}`)
  }
  return 0
}

async function measure(options: RunOptions): Promise<void> {
  const host = describeHost()
  console.log(`${host.cpus} × ${host.cpu}, Node ${host.node}, load ${host.load.join(' ')}`)
  const found: Record<string, readonly BenchTable[]> = {}
  for (const benchmark of benchmarks.filter(({ name }) => options.names.includes(name))) {
    console.log(`\n${benchmark.name}: ${benchmark.what}`)
    const tables = await benchmark.run(options, (line) => console.log(`  ${line}`))
    for (const table of tables) console.log(`\n${formatTable(table)}`)
    found[benchmark.name] = tables
  }
  if (options.jsonFile !== null) await writeFile(options.jsonFile, toDocument(host, found))
}

process.exitCode = await main(process.argv.slice(2))
