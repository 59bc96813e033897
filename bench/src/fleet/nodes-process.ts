/** A process that plays nodes: it does what the benchmark calls for, until that ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { connectTo } from '@fairlead/agent/channel/connection'
import type { NodeIdentity } from '@fairlead/agent/channel/node-identity'
import { makeNodeKey } from '@fairlead/agent/channel/node-key'
import { CloudId } from '@fairlead/contract/names'
import { JoinAnswer, single, type JoinRequest } from '@fairlead/contract/wire'
import { Ledger } from '@fairlead/credential-path/record/ledger'
import { parseControlPlaneAddress } from '@fairlead/agent/channel/control-plane-address'
import {
  instant,
  type Call,
  type FleetCalls,
  type FleetSettings,
  type MemberRuns,
  type ReceivedOrder,
  type Returned,
} from './calls.ts'
import { PlayedNode, type Observer } from './played-node.ts'

const nodes: PlayedNode[] = []
/** Machines do not start in the same moment; that they come back in the same moment is measured separately. */
const startedAtOnce = 12
let orders: ReceivedOrder[] = []
let durationsMs: number[] = []
let failed = 0

const observer: Observer = {
  onOrder: (nodeId, clusterId) => orders.push({ nodeId, clusterId, at: instant() }),
  onReport: (durationMs, taken) => {
    if (taken) durationsMs.push(durationMs)
    else failed += 1
  },
  running: new Map(),
  onRunning: (memberOf) => {
    note({ memberOf })
    process.send?.({ memberOf } satisfies MemberRuns)
  },
}

function note({ memberOf }: MemberRuns): void {
  observer.running.set(memberOf, (observer.running.get(memberOf) ?? 0) + 1)
}

const takeReports = () => {
  const taken = { durationsMs, failed }
  durationsMs = []
  failed = 0
  return taken
}

const answeredSince = (since: number) => nodes.filter(({ answeredAt }) => answeredAt >= since).length

const calls: FleetCalls = {
  async join(settings, tickets) {
    const { origin, caPem } = settings
    const address = parseControlPlaneAddress(origin)
    await using connection = connectTo(address, caPem)
    for (const { name, joinToken } of tickets) {
      const key = makeNodeKey()
      const request: JoinRequest = {
        token: joinToken,
        name,
        checker: false,
        provider: 'local',
        public_key: key.publicKey,
      }
      const answer = await connection.send(
        {
          method: 'POST',
          path: '/api/v1/nodes/join',
          headers: {},
          body: JSON.stringify(request),
          limitBytes: 65_536,
          timeoutMs: 60_000,
        },
        new AbortController().signal,
      )
      const { node_id: nodeId } = single(JoinAnswer).parse(JSON.parse(Buffer.from(answer.body).toString())).result
      const pulls = await Ledger.open(null, nodeId)
      nodes.push(new PlayedNode(identityOf(settings, { name, nodeId, key }), pulls, observer))
    }
  },
  async run() {
    const since = instant()
    for (const [index, node] of nodes.entries()) {
      void node.run()
      if (index % startedAtOnce === 0) await sleep(100)
    }
    while (answeredSince(since) < nodes.length) await sleep(100)
  },
  async answeredSince(since) {
    return { nodes: nodes.length, answered: answeredSince(since) }
  },
  async takeOrders() {
    const taken = orders
    orders = []
    return taken
  },
  async takeReports() {
    return takeReports()
  },
  async reportSteadily(count, seconds) {
    takeReports()
    const chosen = nodes.slice(0, count)
    const reports: Promise<boolean>[] = []
    const began = performance.now()
    for (let number = 0; number < chosen.length * seconds; number += 1) {
      const restMs = began + (number * 1000) / chosen.length - performance.now()
      if (restMs > 1) await sleep(restMs)
      const node = chosen[number % chosen.length]
      if (node !== undefined) reports.push(node.reportOnce())
    }
    await Promise.all(reports)
    return takeReports()
  },
}

const identityOf = (
  { origin, caPem, cloudId }: FleetSettings,
  { name, nodeId, key }: Pick<NodeIdentity, 'name' | 'nodeId' | 'key'>,
): NodeIdentity => ({
  name,
  nodeId,
  key,
  caPem,
  origin,
  host: origin,
  cloudId: CloudId.parse(cloudId),
  provider: 'local',
  checker: false,
  cloud: null,
  podToken: null,
  hostUser: null,
})

const reply = (returned: Returned): void => void process.send?.(returned)

process.on('message', (message: Call | MemberRuns) => {
  if ('memberOf' in message) {
    note(message)
    return
  }
  const { id, method, args } = message
  const call = calls[method] as (...given: readonly unknown[]) => Promise<unknown>
  call(...args).then(
    (result) => reply({ id, result }),
    (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.once('disconnect', () => process.exit())
