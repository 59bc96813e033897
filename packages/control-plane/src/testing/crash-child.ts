/** A control plane in a process of its own, for a test that kills it. */
import { flushCompileCache } from 'node:module'
import { startControlPlane } from '../main.ts'

const [, , dataDir = '', listen = '127.0.0.1:0'] = process.argv
const database = process.env['FAIRLEAD_DATABASE']
const { origin, adminToken, address } = await startControlPlane({
  listen,
  dataDir,
  ...(database !== undefined && { database }),
  logLevel: 'error',
})
process.stdout.write(`${JSON.stringify({ origin, adminToken, address })}\n`)
// It is killed, and would keep nothing of what it compiled for the next.
flushCompileCache()
