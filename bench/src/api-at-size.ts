/** Every GET route with 100,000 environments, 140,000 builds, 10,000 clusters, 10,000 nodes and 1,000,000 pulls: how long it takes, and how long it blocks the event loop. */
import type { CloudId } from '@fairlead/contract/names'
import { FairleadClient } from '@fairlead/sdk'
import { documentOfThisVersion } from '@fairlead/control-plane'
import { startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import { ask, requireAnswers } from './api-at-size/asking.ts'
import { openFilled, type DatabaseName } from './api-at-size/filled-database.ts'
import { isOfAllClouds, questionsOf } from './api-at-size/questions.ts'
import type { Benchmark, BenchOptions, BenchTable, Series } from './benchmark.ts'

type Options = Pick<BenchOptions, 'samples' | 'scale' | 'only'>
type Say = (line: string) => void

/** Times `--samples`: by default enough for a 99th percentile. */
const timesEach = 5
/** Nobody plays the nodes, and nodes that are silent for 90 s are lost: the control plane starts again before that. */
const startsEveryMs = 60_000

export const apiAtSize: Benchmark = {
  name: 'api-at-size',
  what: 'every route that reads, with a million pull records, and how long each blocks the event loop',
  async run(options, say) {
    const tables: BenchTable[] = []
    for (const database of options.databases) tables.push(...(await measure(database, options, say)))
    return tables
  },
}

async function measure(database: DatabaseName, { samples, scale, only }: Options, say: Say): Promise<BenchTable[]> {
  await using filled = await openFilled(database, scale, say)
  const { dir, env, landmarks } = filled
  await using serve = await startFairleadServe({ dir, env })
  const asked = (questions: readonly string[]) => questions.filter((path) => only === null || path.includes(only))
  const times = samples * timesEach
  const document = documentOfThisVersion()
  const ofAll = asked(questionsOf(document, landmarks.large))
  const ofOne = asked(questionsOf(document, landmarks.small).filter((path) => !isOfAllClouds(path)))
  const limited = await newLimitedToken(serve, landmarks.small.cloud)
  return [
    ...(await askAll(`${database}, all clouds`, serve, { token: serve.adminToken, questions: ofAll, times }, say)),
    ...(await askAll(`${database}, a token for one cloud`, serve, { token: limited, questions: ofOne, times }, say)),
  ]
}

async function newLimitedToken({ origin, adminToken }: FairleadServe, cloudId: CloudId): Promise<string> {
  const client = new FairleadClient({ host: origin, token: adminToken })
  const { token } = await client.apiTokens.create({ name: 'limited', role: 'admin', cloud_ids: [cloudId] })
  return token
}

interface Asked {
  readonly token: string
  readonly questions: readonly string[]
  readonly times: number
}

async function askAll(title: string, serve: FairleadServe, { token, questions, times }: Asked, say: Say) {
  const answers: Series[] = []
  const healthz: Series[] = []
  let startAt = 0
  say(`${title}: ${questions.length} questions`)
  await requireAnswers(serve.origin, token, questions)
  for (const path of questions) {
    if (performance.now() > startAt) {
      await serve.restart()
      startAt = performance.now() + startsEveryMs
    }
    const { ms, healthzMs } = await ask(serve.origin, token, path, times)
    const name = path.replace('/api/v1', '')
    answers.push({ name, unit: 'ms', values: ms })
    healthz.push({ name, unit: 'ms', values: healthzMs })
  }
  return [
    { title, series: answers },
    { title: `${title}: what /healthz waits meanwhile`, series: healthz },
  ]
}
