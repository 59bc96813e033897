/**
 * Lets a test machine reach a port on this host's loopback at its own 127.0.0.1. A socket file leads from one network to
 * the other, so that packets to the control plane pass this host's loopback, where they can be captured.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { eventually, newFolder, type Machine } from '@fairlead/testkit'

// Runs on the machine.
const onMachine = `
const { connect, createServer } = require('node:net')
const [socket, port] = process.argv.slice(1)
createServer((client) => {
  const far = connect(socket)
  for (const [one, other] of [[client, far], [far, client]]) one.on('error', () => other.destroy()).pipe(other)
}).listen(Number(port), '127.0.0.1', () => console.log('relaying'))`

export async function relayLoopback(machine: Machine, port: number): Promise<AsyncDisposable> {
  const socket = join(newFolder('relay'), 'socket')
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  await using parts = new AsyncDisposableStack()
  server.listen(socket)
  await once(server, 'listening')
  parts.defer(() => void server.close())
  const service = parts.use(machine.spawn(process.execPath, ['-e', onMachine, socket, String(port)]))
  await eventually(() => (service.log().includes('relaying') ? true : undefined), {
    what: `${machine.name} reaches port ${port} of this host`,
    evidence: () => service.tail(),
  })
  const whole = parts.move()
  return { [Symbol.asyncDispose]: () => whole.disposeAsync() }
}
