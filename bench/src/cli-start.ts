/** How long the `fairlead` command takes to start, compared with a Node process that does nothing. */
import { stat } from 'node:fs/promises'
import { fairleadProgram, newFolder, runCommand } from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'
import { makeExecutable } from './lab/executable.ts'

export const cliStart: Benchmark = {
  name: 'cli-start',
  what: 'the start of the fairlead command, beside an empty Node',
  async run({ samples }, say) {
    say('making the one-file executable')
    const { path: executable } = await makeExecutable()
    const node = process.execPath
    const commands: readonly Timed[] = [
      { name: 'node -e 0', command: [node, '-e', '0'] },
      { name: 'fairlead --version', command: [node, fairleadProgram, '--version'] },
      { name: 'fairlead --version, one file', command: [executable, '--version'] },
      { name: 'fairlead explain image x', command: [node, fairleadProgram, 'explain', 'image', 'x'] },
      { name: 'fairlead explain image x, one file', command: [executable, 'explain', 'image', 'x'] },
    ]
    const env = { HOME: newFolder('home'), NO_COLOR: '1' }
    const times = new Map<string, number[]>(commands.map(({ name }) => [name, []]))
    // The first start of each compiles the code that later starts read.
    for (const { command } of commands) await timed(command, env)
    for (let round = 0; round < samples; round += 1) {
      for (const { name, command } of commands) times.get(name)?.push(await timed(command, env))
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
      {
        title: 'what is installed',
        series: [{ name: 'the one file', unit: 'MiB', values: [(await stat(executable)).size / 2 ** 20] }],
      },
    ]
  },
}

interface Timed {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
}

async function timed([program, ...args]: Timed['command'], env: Record<string, string>): Promise<number> {
  const before = performance.now()
  const { status, stderr } = await runCommand(program, args, { env })
  const wallMs = performance.now() - before
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`)
  return wallMs
}

function differences(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, index) => value - (others[index] ?? Number.NaN))
}
