/** Where nobody should call: it counts who does, and answers nothing. */
import { createServer } from 'node:net'
import { once } from 'node:events'

export interface Canary extends AsyncDisposable {
  readonly address: string
  readonly calls: () => number
}

export async function startCanary(address: string, port: number): Promise<Canary> {
  let calls = 0
  const server = createServer((connection) => {
    calls += 1
    connection.on('error', () => undefined).destroy()
  }).listen(port, address)
  await once(server, 'listening')
  return {
    address,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
