/** How long commands of `fairlead` take, compared with a Node process that does nothing; some of them ask a control plane on this machine. */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createNetwork, fairleadProgram, newFolder, runCommand, startFairleadServe } from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'
import { makeExecutable } from './lab/executable.ts'

export const cliStart: Benchmark = {
  name: 'cli-start',
  what: 'commands of fairlead, beside an empty Node',
  async run({ samples }, say) {
    say('making the one-file executable')
    const { path: executable } = await makeExecutable()
    await using network = await createNetwork()
    // Not on loopback, so over TLS with its own CA.
    await using serve = await startFairleadServe({ listen: `${network.hostAddress}:0` })
    const home = newFolder('home')
    const file = join(home, 'cluster-env.yaml')
    await writeFile(file, 'docker_image: registry.example.com/team/ray:1\nray_version: 2.49.0\n')
    const node = process.execPath
    const asked = [
      ['--version'],
      ['--help'],
      ['explain', 'image', 'x'],
      ['cluster-env', 'lint', file],
      ['cluster', 'list'],
      ['whoami'],
    ]
    const shown = (args: readonly string[]) => `fairlead ${args.slice(0, 2).join(' ')}`
    const commands: readonly Timed[] = [
      { name: 'node -e 0', command: [node, '-e', '0'] },
      ...asked.map((args): Timed => ({ name: shown(args), command: [node, fairleadProgram, ...args] })),
      ...asked.map((args): Timed => ({ name: `${shown(args)}, one file`, command: [executable, ...args] })),
    ]
    const env = {
      HOME: home,
      NO_COLOR: '1',
      FAIRLEAD_HOST: serve.origin,
      FAIRLEAD_TOKEN: serve.adminToken,
      ...(serve.caFile !== null && { FAIRLEAD_CA_FILE: serve.caFile }),
    }
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
  // An agent that has not joined has no status, which is an answer, too.
  if (status !== 0 && args.at(-1) !== 'status')
    throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`)
  return wallMs
}

function differences(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, index) => value - (others[index] ?? Number.NaN))
}
