/** A data directory with a cloud, nodes and their pull records, written without a control plane. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { takePulls } from '../pulls/take-pulls.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { at, insertCloud, insertNode } from './inserted-records.ts'
import { tempDir } from './temp-dir.ts'
import { testChain } from './test-records.ts'

/** Returns the ids of the nodes, in id order. */
export async function keepState(
  dataDir: string,
  { nodes = 2, records = 3 }: { nodes?: number; records?: number } = {},
): Promise<readonly NodeId[]> {
  const ids = Array.from({ length: nodes }, (_, index) => newId('node', 1_000_000_000_000 + index))
  const store = await openSqliteStore(dataDir)
  await store.write(async (transaction) => {
    const cloud = await insertCloud(transaction, { name: 'c', provider: 'local', partition: null, region: null })
    for (const [index, id] of ids.entries()) {
      await insertNode(transaction, cloud.id, `n${index}`, { id, checker: false })
      await takePulls(transaction, id, testChain(id, records), { now: Date.parse(at) })
    }
  })
  await store.close()
  return ids
}

export interface KeptNode {
  readonly dir: ReturnType<typeof tempDir>
  readonly nodeId: NodeId
}

/** One node without records, in a separate data directory. */
export async function keepNode(): Promise<KeptNode> {
  const dir = tempDir()
  const [nodeId] = await keepState(dir.path, { nodes: 1, records: 0 })
  if (nodeId === undefined) throw new TypeError('there is a node')
  return { dir, nodeId }
}
