/** A data directory with a cloud, nodes and their pull records, written without a control plane. */
import { newId, type NodeId } from '@fairlead/contract'
import { takePulls } from '../fleet/take-pulls.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { testChain } from './test-records.ts'

/** Gives the nodes' ids, in the order of the ids. */
export async function keepState(
  dataDir: string,
  { nodes = 2, records = 3 }: { nodes?: number; records?: number } = {},
): Promise<readonly NodeId[]> {
  const ids = Array.from({ length: nodes }, (_, index) => newId('node', 1_000_000_000_000 + index))
  const store = await openSqliteStore(dataDir)
  await store.write(async (transaction) => {
    const cloudId = newId('cld')
    const at = '2026-11-24T12:00:00.000Z'
    await transaction.clouds.insert({
      id: cloudId,
      name: 'c',
      provider: 'local',
      partition: null,
      region: null,
      account_id: null,
      project_id: null,
      project_number: null,
      node_role: null,
      join: 'token',
      role_id: null,
      allow_any_secret: true,
      created_at: at,
    })
    for (const [index, id] of ids.entries()) {
      await transaction.nodes.insert({
        id,
        name: `n${index}`,
        cloud_id: cloudId,
        checker: false,
        public_key: 'k',
        facts: null,
        joined_at: at,
        identity: null,
        instance_key: null,
        second_join: null,
        last_heard_at: null,
        revoked_at: null,
        report_ids: [],
        pull_chain: null,
      })
      await takePulls(transaction, id, testChain(id, records), { now: Date.parse(at) })
    }
  })
  await store.close()
  return ids
}
