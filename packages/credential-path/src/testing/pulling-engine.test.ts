import { randomBytes } from 'node:crypto'
import { fakeTicket } from './fake-ticket.ts'
import { Gateway } from '../gateway/gateway.ts'
import { BlobStore } from '../layers/blob-store.ts'
import { describeEngineImages } from '../engine/engine.conformance.ts'
import { PullingEngine } from './pulling-engine.ts'

describeEngineImages('the pulling engine of tests', async () => {
  const ticket = fakeTicket({ layers: [randomBytes(1000), randomBytes(10)] })
  const engine = new PullingEngine()
  const options = { engine: await engine.processes(), blobs: new BlobStore([]) }
  const gateway = await Gateway.open(ticket, options, new AbortController().signal)
  return {
    engine,
    reference: gateway.reference,
    missing: `${gateway.name}@sha256:${'0'.repeat(64)}`,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
})
