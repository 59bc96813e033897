/** P7: how long the `fairlead` command takes to start, beside a Node that does nothing. */
import { fairleadProgram, newFolder, runCommand } from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'

const commands = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'fairlead --version', args: [fairleadProgram, '--version'] },
  { name: 'fairlead explain image x', args: [fairleadProgram, 'explain', 'image', 'x'] },
] as const

export const cliStart: Benchmark = {
  name: 'cli-start',
  what: 'the start of the fairlead command, beside an empty Node',
  async run({ samples }) {
    const env = { HOME: newFolder('home'), NO_COLOR: '1' }
    const times = new Map<string, number[]>(commands.map(({ name }) => [name, []]))
    // The first start of each compiles what the others then read.
    for (const { args } of commands) await timed(args, env)
    for (let round = 0; round < samples; round += 1) {
      for (const { name, args } of commands) times.get(name)?.push(await timed(args, env))
    }
    const bare = times.get('node -e 0') ?? []
    return [
      {
        title: 'from the command to its end',
        series: [...times].flatMap(([name, values]) => [
          { name, unit: 'ms', values } as const,
          ...(values === bare
            ? []
            : [{ name: `  beyond node`, unit: 'ms', values: differences(values, bare) } as const]),
        ]),
      },
    ]
  },
}

async function timed(args: readonly string[], env: Record<string, string>): Promise<number> {
  const before = performance.now()
  const { status, stderr } = await runCommand(process.execPath, args, { env })
  const wallMs = performance.now() - before
  if (status !== 0) throw new Error(`node ${args.join(' ')}: exit ${status}\n${stderr}`)
  return wallMs
}

function differences(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, index) => value - (others[index] ?? Number.NaN))
}
