/** `fairlead pull` against a person's own commands; same image, same registry, same engine, whole processes. */
import { PullRecord } from '@fairlead/contract/wire'
import { fairleadProgram } from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'
import { loginAndPull } from './lab/docker-by-hand.ts'
import { openLab, type Lab } from './lab/lab.ts'
import { measurePairs, wallTimes } from './pairs.ts'
import { stepSeries } from './step-series.ts'

export const pullOnce: Benchmark = {
  name: 'pull-once',
  what: 'fairlead pull against docker login && docker pull; cold',
  async run({ pairs: count }, say) {
    await using lab = await openLab()
    const pairs = await measurePairs(
      count,
      () => fairleadPull(lab),
      () => byHand(lab),
      ({ ours, theirs }, number) =>
        say(`pair ${number}: ${(ours.wallMs / 1000).toFixed(2)} s against ${(theirs.wallMs / 1000).toFixed(2)} s`),
    )
    const ours = pairs.map((pair) => pair.ours)
    const theirs = pairs.map((pair) => pair.theirs)
    return [
      {
        title: 'from the command to the image on the machine',
        series: wallTimes({ ours: 'fairlead pull', theirs: 'docker login, docker pull' }, pairs),
      },
      {
        title: 'where the time goes',
        series: [
          ...stepSeries(ours.map(({ record }) => record.steps)).map((one) => ({
            ...one,
            name: `fairlead: ${one.name}`,
          })),
          {
            name: 'fairlead: start and end of the program',
            unit: 'ms',
            values: ours.map(({ wallMs, record }) => wallMs - record.duration_ms),
          },
          { name: 'by hand: docker login', unit: 'ms', values: theirs.map(({ loginMs }) => loginMs) },
          { name: 'by hand: docker pull', unit: 'ms', values: theirs.map(({ pullMs }) => pullMs) },
        ],
      },
    ]
  },
}

async function fairleadPull(lab: Lab) {
  await using alone = await lab.newMachine()
  await lab.settle()
  const flags = ['--registry-login-secret', lab.secretName, '--provider', 'aws', '--json']
  const before = performance.now()
  const printed = await alone.machine.mustExec(
    process.execPath,
    [fairleadProgram, 'pull', lab.image.reference, ...flags],
    {
      env: lab.secrets.env,
      timeoutMs: 600_000,
    },
  )
  const wallMs = performance.now() - before
  return { wallMs, record: PullRecord.parse((JSON.parse(printed) as { record: unknown }).record) }
}

async function byHand(lab: Lab) {
  await using alone = await lab.newMachine()
  await lab.settle()
  return await loginAndPull(alone.machine, lab)
}
