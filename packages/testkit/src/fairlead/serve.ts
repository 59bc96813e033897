/**
 * A control plane: `fairlead serve` in a separate process, which can be killed and started again. `FAIRLEAD_TEST_REPLICAS=3` makes it
 * three on one PostgreSQL, behind a balancer: what a test says about one control plane then applies to all of them.
 */
import { join } from 'node:path'
import { newFolder } from '../run-folder.ts'
import type { FairleadServe, FairleadServeOptions } from './fairlead-serve.ts'
import { startReplicas } from './replicas.ts'
import { startServeProcess } from './serve-process.ts'

export async function startFairleadServe(options: FairleadServeOptions = {}): Promise<FairleadServe> {
  const replicas = Number(process.env['FAIRLEAD_TEST_REPLICAS'] ?? 1)
  return replicas > 1 ? startReplicas({ ...options, count: replicas }) : startOne(options)
}

async function startOne(options: FairleadServeOptions): Promise<FairleadServe> {
  const { dir = newFolder('control-plane'), listen = '127.0.0.1:0', tls, ...others } = options
  const home = newFolder('serve')
  const logFile = join(home, 'serve.log')
  const serve = await startServeProcess({ ...others, tls, dir, home, logFile, listen })
  const { origin, adminToken, tail, kill, restart, stop } = serve
  if (adminToken === null) throw new Error(`${dir} already belongs to a control plane, whose admin token is not known`)
  return {
    origin,
    adminToken,
    caFile: tls?.caFile ?? serve.caFile,
    get pid() {
      return serve.pid
    },
    get pids() {
      return [serve.pid]
    },
    logFile,
    dir,
    database: null,
    tail,
    kill,
    restart,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
