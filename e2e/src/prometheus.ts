/** Debian's Prometheus, which scrapes one control plane and evaluates our alerts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, freePort, inRepository, newFolder, startService, type FairleadServe } from '@fairlead/testkit'

export const alertsFile = inRepository('deploy/prometheus/alerts.yaml')

interface QueryAnswer {
  data: { result: { value: [at: number, text: string] }[] }
}
interface RulesAnswer {
  data: { groups: { rules: { name: string; health: string }[] }[] }
}

export async function startPrometheus({ origin, adminToken, caFile }: FairleadServe) {
  const folder = newFolder('prometheus')
  const token = join(folder, 'token')
  writeFileSync(token, adminToken, { mode: 0o600 })
  const { protocol, host } = new URL(origin)
  const job = {
    job_name: 'fairlead',
    scheme: protocol.slice(0, -1),
    authorization: { credentials_file: token },
    ...(caFile !== null && { tls_config: { ca_file: caFile } }),
    static_configs: [{ targets: [host] }],
  }
  const global = { scrape_interval: '1s', evaluation_interval: '1s' }
  const config = join(folder, 'prometheus.yml')
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ global, rule_files: [alertsFile], scrape_configs: [job] }))
  const address = `127.0.0.1:${await freePort()}`
  const service = startService({
    command: 'prometheus',
    args: [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`],
    logFile: join(folder, 'prometheus.log'),
  })
  const ask = async <Answer>(path: string, query: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(query).toString()}`)
    const body: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${path} ${JSON.stringify(query)}: ${JSON.stringify(body)}`)
    return body as Answer
  }
  const query = async (expression: string) => (await ask<QueryAnswer>('query', { query: expression })).data.result
  await eventually(
    async () => {
      const [scrapes] = await query('sum_over_time(up{job="fairlead"}[1m])').catch(() => [])
      return scrapes !== undefined && Number(scrapes.value[1]) >= 4 ? true : undefined
    },
    { what: 'Prometheus has scraped the control plane', timeoutMs: 60_000 },
  )
  return {
    query,
    rules: async () => (await ask<RulesAnswer>('rules')).data.groups.flatMap(({ rules }) => rules),
    [Symbol.asyncDispose]: () => service.stop(),
  }
}
