/** A node without a machine: it joins and reports as an agent does, with the agent's own code, but says what a test tells it to say. */
import { newId } from '@fairlead/contract/names'
import { version } from '@fairlead/contract/release'
import type { PullRecord, WaitingPod } from '@fairlead/contract/wire'
import { newFolder } from '@fairlead/testkit'
import { connectAs } from '../../../packages/agent/src/channel/connection.ts'
import { joinNode } from '../../../packages/agent/src/channel/join.ts'
import { openChannel } from '../../../packages/agent/src/channel/node-channel.ts'
import { loadIdentity } from '../../../packages/agent/src/channel/node-identity.ts'
import { Ledger } from '../../../packages/credential-path/src/record/ledger.ts'

export interface ReportingNode extends AsyncDisposable {
  readonly id: string
  /** Adds a record to its chain, and reports it. */
  readonly pulled: (record: Pulled) => Promise<PullRecord>
  /** From now on, these pods wait. */
  readonly waits: (pods: readonly WaitingPod[]) => Promise<void>
}

export type Pulled = Omit<PullRecord, 'id' | 'node_id' | 'sequence' | 'previous_hash' | 'hash'>

/** A silent node is lost after 90 s. */
const heartbeatMs = 20_000
const never = new AbortController().signal

/** `joinToken`: of a cloud on AWS. */
export async function startReportingNode(host: string, joinToken: string, name: string): Promise<ReportingNode> {
  const stateDir = newFolder('node')
  const admission = { kind: 'token', token: joinToken, provider: 'aws' } as const
  await joinNode({ host, admission, name, checker: true, stateDir, caFile: null })
  const identity = await loadIdentity(stateDir)
  if (identity === null) throw new Error(`${name} has not joined`)
  const connection = connectAs(identity)
  const channel = openChannel(identity, connection)
  const ledger = await Ledger.open(null, identity.nodeId)
  let waiting: readonly WaitingPod[] = []

  const report = async (): Promise<void> => {
    const pulls = ledger.unacknowledged(20)
    const node = {
      agent_version: version,
      engine_version: null,
      platform: 'linux/amd64',
      cpus: 48,
      memory_bytes: 192 * 1024 ** 3,
      disk_free_bytes: 610_000_000_000,
      advertise_address: '10.0.12.7',
      waiting_pods: [...waiting],
    }
    const now = new Date().toISOString()
    await channel.report(
      { report_id: newId('rep'), at: now, node, workload: null, checks: [], pulls: [...pulls] },
      never,
    )
    ledger.acknowledge(pulls)
  }
  await report()
  let beating = Promise.resolve()
  const heart = setInterval(() => {
    beating = report().catch(() => undefined)
  }, heartbeatMs)

  return {
    id: identity.nodeId,
    async pulled(record) {
      const id = newId('pull', Date.parse(record.started_at))
      const chained = await ledger.append({ ...record, id, node_id: identity.nodeId })
      await report()
      return chained
    },
    async waits(pods) {
      waiting = pods
      await report()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heart)
      await beating
      await connection[Symbol.asyncDispose]()
    },
  }
}
