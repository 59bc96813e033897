/** The table of `npm run test:chaos`, as it is printed and as docs/results keeps it. */
import type { Tally } from '@fairlead/testkit'

const heading = ['fault', 'injected', 'survived', 'data lost', 'credentials exposed']

export function chaosTable(tallies: readonly Tally[]): string {
  const rows = tallies.map(({ fault, injected, survived, lost, exposed }) => [
    fault,
    String(injected),
    String(survived),
    String(lost),
    exposed === null ? 'none in use' : String(exposed),
  ])
  const sum = (count: (tally: Tally) => number): string => String(tallies.reduce((all, one) => all + count(one), 0))
  const all = ['all', sum((one) => one.injected), sum((one) => one.survived), sum((one) => one.lost)]
  const lines = [heading, heading.map(() => '---'), ...rows, [...all, sum((one) => one.exposed ?? 0)]]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export interface ChaosRun {
  readonly tallies: readonly Tally[]
  /** Such as `2026-11-30`. */
  readonly date: string
  readonly machine: string
  /** Of each fault, at most. */
  readonly rounds: number
  /** Within which the rounds of one fault began. */
  readonly minutes: number
  /** How many faults were played at a time; null: as the tests of a layer are. */
  readonly atOnce: number | null
}

export function chaosPage({ tallies, date, machine, rounds, minutes, atOnce }: ChaosRun): string {
  const seeds = tallies.map(({ fault, firstSeed, injected }) => `${fault}: ${firstSeed} to ${firstSeed + injected - 1}`)
  const side = atOnce === null ? '' : ` --at-once ${atOnce}`
  const command = `npm run test:chaos -- --rounds ${rounds} --minutes ${minutes}${side} --seed ${tallies[0]?.firstSeed} --write`
  return `# Faults injected, and what was lost

Real faults at random moments, while clusters start, images are pulled and records are written. A round survives if every promise in [rules](../rules.md) holds after it, without help: each acknowledged write is there once, each start ends with one running container, each image has its digest. Then every log, the data of the control plane and of the agent, Docker's configuration, and each command line and environment on the machine are searched for the credentials.

## Measured

One run (${date}) on ${machine}. Of each fault it played ${rounds} rounds, or as many as began within ${minutes} minutes: a round that waits for timeouts or starts a cluster takes longer than others.

${chaosTable(tallies)}

“none in use”: that fault meets no credential.

## Measure it yourself

    npm run test:chaos                                  100 rounds of each fault, ten minutes of each at most
    npm run test:chaos -- --rounds 5                    fewer
    npm run test:chaos -- --minutes 90 --at-once 5      all rounds of each in an hour and a half, five faults at a time
    npm run test:chaos -- --rounds 1 --seed 4711 FILE   one round again, with the seed that its failure printed
    npm run test:chaos -- --write                       writes this page

\`npm test -- chaos\` plays three rounds of each, or fewer of those that take long, and so does \`.ci/run\`. A seed decides the moment, the step and the kind of the fault, not what else the machine does. Each fault begins with the same seed, and each round has the next one. This run was \`${command}\`, so its seeds were:

${seeds.map((line) => `- ${line}`).join('\n')}
`
}
