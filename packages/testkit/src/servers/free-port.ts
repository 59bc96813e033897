/** A port that nothing listens on: free a moment ago, and most likely still free. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that the kernel gives to clients (32768 and up), any of which may be taken a moment later. */
const [lowest, tooHigh] = [10_240, 32_768] as const

export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, tooHigh)
    if (await isFree(host, port)) return port
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') resolve(false)
    else reject(error)
  })
  server.listen(port, host, () => server.close(() => resolve(true)))
  return promise
}
