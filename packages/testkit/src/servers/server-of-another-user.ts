/** A loopback server owned by a user other than the tests': it gives one answer to everything, and reports what it received. Needs root. */
import { join } from 'node:path'
import { eventually } from '../deadline.ts'
import { newFolder } from '../run-folder.ts'
import type { Machine } from '../machines/machine.ts'
import { inLog, startService, untilReady } from '../service.ts'
import type { Certificate } from './test-ca.ts'

export interface ServerOfAnotherUserOptions {
  readonly uid?: number
  readonly address?: string
  readonly port?: number
  /** As JSON, with status 200; without it nothing is answered. */
  readonly answer?: unknown
  /** With TLS: then it reports what came after the handshake. */
  readonly certificate?: Certificate
  /** Where it listens; this host when absent. */
  readonly machine?: Machine
}

export interface ServerOfAnotherUser extends AsyncDisposable {
  readonly uid: number
  readonly port: number
  /** What was sent on each closed connection, once there are this many. */
  readonly sent: (connections: number) => Promise<readonly string[]>
  /** The same of those that have been closed so far. */
  readonly sentSoFar: () => readonly string[]
  /** SIGSTOP: the kernel still answers for it, and no connection is accepted. */
  readonly kill: (signal: NodeJS.Signals) => void
}

// Started as root, since another user may not be able to read this Node binary.
const program = `
  const [uid, address, port, answer, tls] = JSON.parse(process.argv[1])
  process.setgroups([])
  process.setgid(uid)
  process.setuid(uid)
  const [library, options] = tls === null ? ['node:net', {}] : ['node:tls', tls]
  const server = require(library).createServer(options, (socket) => {
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
  const { uid = 65_534, address = '127.0.0.1', port = 0, answer, certificate, machine } = options
  const tls = certificate === undefined ? null : { cert: certificate.certPem, key: certificate.keyPem }
  const settings = [uid, address, port, answer === undefined ? null : httpAnswer(JSON.stringify(answer)), tls]
  const args = ['--eval', program, JSON.stringify(settings)]
  const logFile = join(newFolder('another-user'), 'server.log')
  const service =
    machine === undefined
      ? startService({ command: process.execPath, args, logFile })
      : machine.spawn(process.execPath, args, { logFile })
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
    sentSoFar: over,
    kill: service.kill,
    [Symbol.asyncDispose]: service.stop,
  }
}

function httpAnswer(body: string): string {
  const head = ['HTTP/1.1 200 OK', 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]
  return [...head, 'connection: close', '', body].join('\r\n')
}
