/** The steps of a pull before its first byte, of a registry nearby and of one 50 ms away; each pull is a new process, so nothing is connected yet. */
import { PullRecord, type StepReport } from '@fairlead/contract/wire'
import { basicRegistry, fairleadProgram, fakeRay, overFarLink, type Equipped } from '@fairlead/testkit'
import type { Benchmark, BenchTable } from './benchmark.ts'
import { farLink, farRegistry, nearRegistry, openLab, type Lab, type LabRegistry } from './lab/lab.ts'
import { stepSeries } from './step-series.ts'

const places: readonly { readonly title: string; readonly registry: LabRegistry }[] = [
  { title: 'near, token login', registry: nearRegistry },
  { title: '50 ms away, token login (its realm near)', registry: farRegistry },
  { title: '50 ms away, Basic login', registry: overFarLink(basicRegistry, farLink) },
]

export const credentialSteps: Benchmark = {
  name: 'credential-steps',
  what: 'the steps of fairlead pull until its image may be pulled, by digest, near and far',
  async run({ pairs: count }, say) {
    const tables: BenchTable[] = []
    for (const { title, registry } of places) {
      await using lab = await openLab({ registry, image: fakeRay() })
      await using alone = await lab.newMachine()
      const runs: (readonly StepReport[])[] = []
      const pulls: number[] = []
      for (let number = 1; number <= count; number += 1) {
        await alone.forgetImages()
        const record = await pull(lab, alone)
        const steps = stepsUntilPull(record)
        runs.push(steps)
        pulls.push(record.duration_ms)
        say(`${title}, ${number}: ${total(steps).toFixed(0)} of ${record.duration_ms.toFixed(0)} ms`)
      }
      tables.push({
        title,
        series: [
          ...stepSeries(runs),
          { name: 'all of them', unit: 'ms', values: runs.map(total) },
          { name: 'with the pull', unit: 'ms', values: pulls },
        ],
      })
    }
    return tables
  },
}

async function pull({ image, secretName, secrets }: Lab, { machine }: Equipped): Promise<PullRecord> {
  const flags = ['--registry-login-secret', secretName, '--provider', secrets.provider, '--json']
  const pinned = `${image.reference}@${image.digest}`
  const printed = await machine.mustExec(process.execPath, [fairleadProgram, 'pull', pinned, ...flags], {
    env: secrets.env,
    timeoutMs: 100_000,
  })
  return PullRecord.parse((JSON.parse(printed) as { record: unknown }).record)
}

const stepsUntilPull = ({ steps }: PullRecord): readonly StepReport[] => steps.filter(({ step }) => step !== 'pull')

const total = (steps: readonly StepReport[]): number =>
  steps.reduce((sum, { duration_ms }) => sum + (duration_ms ?? 0), 0)
