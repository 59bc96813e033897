/** Plain pulls through a door, and `fairlead pull` where the engine is too old for one, against a person's own commands, on each engine. */
import { largeRay, oneLayerRay, secretFiles } from '@fairlead/testkit'
import type { Benchmark, BenchOptions, BenchTable } from './benchmark.ts'
import { farRegistry, nearRegistry, openLab } from './lab/lab.ts'
import { engineNames, findIgzip, pullingEngine, type PullingEngine, type Spent } from './lab/pulling-engine.ts'
import { measurePair, wallTimes, type Pair } from './pairs.ts'

type Round = Pair<Spent, Spent>

export const openDoor: Benchmark = {
  name: 'open-door',
  what: 'the pull of 1 GB by Fairlead against login and pull by hand, on Debian’s Docker, Docker 29 and containerd; cold',
  async run(options, say) {
    const settings = { igzip: options.isal ? findIgzip() : null, unpacks: options.unpacks }
    await using lab = await openLab({
      registry: options.far ? farRegistry : nearRegistry,
      image: options.oneLayer ? oneLayerRay() : largeRay(),
      secrets: secretFiles,
      secretName: 'login',
    })
    say(`image of ${(lab.image.bytes / 1e6).toFixed(0)} MB, ${placeText(options)}`)
    const engines: { readonly engine: PullingEngine; readonly rounds: Round[] }[] = []
    for (const name of options.engines ?? engineNames)
      engines.push({ engine: await pullingEngine(name, settings, lab), rounds: [] })
    for (let number = 1; number <= options.pairs; number += 1) {
      for (const { engine, rounds } of engines) {
        const round = await measurePair(number, engine.byFairlead.pull, engine.byHand.pull)
        rounds.push(round)
        say(`round ${number}, ${engine.name}: ${spentText(round.ours)} against ${spentText(round.theirs)}`)
      }
    }
    return [...engines.map(({ engine, rounds }) => tableOf(engine, rounds)), ...comparison(engines)]
  },
}

function tableOf({ name, byHand, byFairlead }: PullingEngine, rounds: readonly Round[]): BenchTable {
  return {
    title: `${name}, from the command to the image on the machine`,
    series: [
      ...wallTimes({ ours: `by Fairlead: ${byFairlead.commands}`, theirs: `by hand: ${byHand.commands}` }, rounds),
      { name: 'by Fairlead: CPU time', unit: 'ms', values: rounds.map(({ ours }) => ours.cpuMs) },
      { name: 'by hand: CPU time', unit: 'ms', values: rounds.map(({ theirs }) => theirs.cpuMs) },
    ],
  }
}

/** What the other engines take of the time of the first, within each round. */
function comparison(
  engines: readonly { readonly engine: PullingEngine; readonly rounds: readonly Round[] }[],
): readonly BenchTable[] {
  const [first, ...others] = engines
  if (first === undefined || others.length === 0) return []
  const ratios = (of: keyof Spent, side: keyof Round, rounds: readonly Round[]): number[] =>
    rounds.map((round, index) => round[side][of] / (first.rounds[index]?.theirs ?? round[side])[of])
  const series = others.flatMap(({ engine, rounds }) => {
    const ratio = (name: string, of: keyof Spent, side: keyof Round) =>
      ({ name: `${engine.name}: ${name}`, unit: 'x', values: ratios(of, side, rounds) }) as const
    return [
      ratio('by hand', 'wallMs', 'theirs'),
      ratio('by Fairlead', 'wallMs', 'ours'),
      ratio('CPU time, by hand', 'cpuMs', 'theirs'),
      ratio('CPU time, by Fairlead', 'cpuMs', 'ours'),
    ]
  })
  return [{ title: `of ${first.engine.name} by hand`, series }]
}

const placeText = ({ far, isal }: BenchOptions): string =>
  `the registry ${far ? 'far: 50 ms, 30 MB/s a connection' : 'near'}, ${isal ? 'igzip' : 'pigz'}`

const spentText = ({ wallMs, cpuMs }: Spent): string =>
  `${(wallMs / 1000).toFixed(1)} s (${(cpuMs / 1000).toFixed(1)} CPU-s)`
