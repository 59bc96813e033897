/** A loopback server owned by a user other than the tests': it gives one answer to everything, and reports what it received. Needs root. */
import { join } from 'node:path'
import { eventually } from '../deadline.ts'
import { newFolder } from '../run-folder.ts'
import { inLog, startService, untilReady } from '../service.ts'

export interface ServerOfAnotherUserOptions {
  readonly uid?: number
  readonly address?: string
  readonly port?: number
  /** As JSON, with status 200; without it nothing is answered. */
  readonly answer?: unknown
}

export interface ServerOfAnotherUser extends AsyncDisposable {
  readonly uid: number
  readonly port: number
  /** What was sent on each closed connection, once there are this many. */
  readonly sent: (connections: number) => Promise<readonly string[]>
  /** SIGSTOP: the kernel still answers for it, and no connection is accepted. */
  readonly kill: (signal: NodeJS.Signals) => void
}

// Started as root, since another user may not be able to read this Node binary.
const program = `
  const [uid, address, port, answer] = JSON.parse(process.argv[1])
  process.setgroups([])
  process.setgid(uid)
  process.setuid(uid)
  const server = require('node:net').createServer((socket) => {
    let sent = ''
    socket.on('data', (bytes) => {
      sent += bytes.toString('latin1')
      if (answer !== null && sent.includes('\\r\\n\\r\\n')) socket.end(answer)
    })
    socket.on('error', () => {})
    socket.on('close', () => console.log('SENT ' + JSON.stringify(sent)))
  })
  server.listen(port, address, () => console.log('PORT ' + server.address().port))
`

export async function startServerOfAnotherUser(options: ServerOfAnotherUserOptions = {}): Promise<ServerOfAnotherUser> {
  const { uid = 65_534, address = '127.0.0.1', port = 0, answer } = options
  const settings = [uid, address, port, answer === undefined ? null : httpAnswer(JSON.stringify(answer))]
  const service = startService({
    command: process.execPath,
    args: ['--eval', program, JSON.stringify(settings)],
    logFile: join(newFolder('another-user'), 'server.log'),
  })
  const [, bound] = await untilReady(service, 'a server of another user', inLog(service, /PORT (\d+)/))
  const over = () =>
    service
      .log()
      .matchAll(/^SENT (.*)$/gm)
      .map(([, text = '']) => JSON.parse(text) as string)
      .toArray()
  return {
    uid,
    port: Number(bound),
    sent: (connections) =>
      eventually(() => (over().length >= connections ? over() : undefined), { what: `${connections} connections` }),
    kill: service.kill,
    [Symbol.asyncDispose]: service.stop,
  }
}

function httpAnswer(body: string): string {
  const head = ['HTTP/1.1 200 OK', 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]
  return [...head, 'connection: close', '', body].join('\r\n')
}
