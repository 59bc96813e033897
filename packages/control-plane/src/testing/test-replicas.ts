/** Several control planes in this process on one PostgreSQL. */
import { startControlPlane, type ControlPlane } from '../main.ts'
import { tempDir } from './temp-dir.ts'
import { callerOf, type Caller } from './test-control-plane.ts'

export interface TestReplicas extends AsyncDisposable {
  readonly planes: readonly ControlPlane[]
  readonly token: string
  /** One per replica. */
  readonly admins: readonly Caller[]
}

export async function testReplicas(count: number, database: string): Promise<TestReplicas> {
  const dir = tempDir()
  const start = () => startControlPlane({ listen: '127.0.0.1:0', dataDir: dir.path, database, logLevel: 'silent' })
  const planes = await Promise.all(Array.from({ length: count }, start))
  const tokens = planes.flatMap(({ adminToken }) => adminToken ?? [])
  const [token] = tokens
  if (token === undefined || tokens.length !== 1)
    throw new Error(`${tokens.length} replicas made the first admin token`)
  return {
    planes,
    token,
    admins: planes.map(({ origin }) => callerOf(origin, token)),
    async [Symbol.asyncDispose]() {
      await Promise.all(planes.map((plane) => plane.close()))
      dir[Symbol.dispose]()
    },
  }
}
