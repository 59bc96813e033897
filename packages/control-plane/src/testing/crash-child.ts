/** A control plane in a separate process, for a test that kills it. */
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
// It gets killed, and would not save its compile cache for the next one.
flushCompileCache()
