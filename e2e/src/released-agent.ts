/**
 * The agent of the last release as a program: `agent join` and `agent run`, with the flags that tests give them. Its code is in
 * `e2e/released`; only how flags are read is of this version.
 */
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

interface ReleasedAgent {
  joinNode(options: {
    host: string
    admission: { kind: 'token'; token: string; provider: string }
    name: string
    checker: boolean
    stateDir: string
    caFile: string | null
  }): Promise<unknown>
  runAgent(
    options: {
      stateDir: string
      policyFile: string
      secretsDir: string
      dockerSocket: string
      advertiseAddress: string | null
      checker: boolean
      metricsListen: null
    },
    signal: AbortSignal,
  ): Promise<void>
}

const released = new URL('../released/agent.mjs', import.meta.url).href
const agent = (await import(released)) as ReleasedAgent

const option = { type: 'string' } as const
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    host: option,
    provider: option,
    name: option,
    'state-dir': { ...option, default: '/var/lib/fairlead' },
    policy: { ...option, default: '/etc/fairlead/policy.yaml' },
    'secrets-dir': { ...option, default: '/etc/fairlead/secrets' },
    'docker-socket': { ...option, default: '/var/run/docker.sock' },
    'advertise-address': option,
    checker: { type: 'boolean', default: false },
  },
})
const stateDir = values['state-dir']
const { checker } = values

if (positionals.join(' ') === 'agent join') {
  const { host = '', provider = '', name = '' } = values
  const token = (await text(process.stdin)).trim()
  const admission = { kind: 'token', token, provider } as const
  await agent.joinNode({ host, admission, name, checker, stateDir, caFile: process.env['FAIRLEAD_CA_FILE'] ?? null })
} else {
  const ending = new AbortController()
  process.on('SIGTERM', () => ending.abort())
  const [policyFile, secretsDir, dockerSocket] = [values.policy, values['secrets-dir'], values['docker-socket']]
  const advertiseAddress = values['advertise-address'] ?? null
  const options = { stateDir, policyFile, secretsDir, dockerSocket, advertiseAddress, checker, metricsListen: null }
  await agent.runAgent(options, ending.signal)
}
