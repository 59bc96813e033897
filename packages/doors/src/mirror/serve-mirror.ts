/**
 * Serves the mirror on loopback over mutual TLS. Both sides are proved: an engine accepts only the agent's own CA, and the mirror answers only
 * a client that has an engine's key, comes from 127.0.0.1, and whose socket belongs to root; unknown means stranger.
 */
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { DoorEngine } from '@fairlead/contract/wire'
import { PeerCheck } from '@fairlead/credential-path/gateway/peer-check'
import type { MirrorIdentity } from './keys.ts'
import { answerEngine, type MirrorParts } from './mirror.ts'

const host = '127.0.0.1'
/** Of engines: containerd opens up to 128 for one layer, and pulls several. */
const mostConnections = 1024
/** Of those who have not shown an engine's key yet, which takes an engine milliseconds. The oldest gives way, so that they keep no engine out. */
const mostUnproved = 128
const backlog = 511
/** Milliseconds, unless the machine is very busy; whoever waits meanwhile gives way to an engine anyway. */
const handshakeMs = 10_000
const httpOptions = { highWaterMark: 1024 * 1024, keepAliveTimeout: 75_000 }
/** Nothing that an engine waits for takes longer without a byte. */
const silenceMs = 300_000

export interface MirrorAddress {
  readonly port: number
  readonly identity: MirrorIdentity
  /** Whose sockets are served. */
  readonly engineUser: number
}

export interface RunningMirror extends AsyncDisposable {
  /** For new connections; those that are there go on. */
  readonly useKeys: (identity: MirrorIdentity) => void
}

/** Throws what `listen` throws, such as EADDRINUSE. */
export async function serveMirror(
  { port, identity, engineUser }: MirrorAddress,
  parts: MirrorParts,
): Promise<RunningMirror> {
  const peers = new PeerCheck({ uid: engineUser, pids: null })
  const connections = new Set<Socket>()
  /** By the port at their end, the oldest first. */
  const unproved = new Map<number, Socket>()
  const https = createHttpsServer(
    { ...tlsOf(identity), requestCert: true, rejectUnauthorized: true, handshakeTimeout: handshakeMs, ...httpOptions },
    (request, response) => {
      const engine = engineOf(request.socket as TLSSocket)
      // A web page can be made to connect under another name; engines use this one.
      if (engine === null || request.headers.host !== `${host}:${port}`) return void request.socket.destroy()
      return void answerEngine(request, response, engine, parts)
    },
  )
  https.setTimeout(silenceMs)
  // A client without an engine's key gets no further than this.
  https.on('tlsClientError', (_error, socket) => socket.destroy())
  https.on('secureConnection', (socket) => {
    const { remotePort = 0 } = socket
    unproved.delete(remotePort)
    if (connections.size - unproved.size > mostConnections) socket.destroy()
  })
  // Strangers are dropped before the handshake, which would cost a millisecond of processor time each.
  const gate = createServer((socket) => {
    const { remotePort = 0 } = socket
    connections.add(socket)
    unproved.set(remotePort, socket)
    socket.once('close', () => {
      connections.delete(socket)
      if (unproved.get(remotePort) === socket) unproved.delete(remotePort)
    })
    socket.on('error', () => socket.destroy())
    const [oldest] = unproved.values()
    if (unproved.size > mostUnproved) oldest?.destroy()
    void isEngine(socket).then((isOwn) => {
      if (!isOwn) socket.destroy()
      else if (!socket.destroyed) https.emit('connection', socket)
    })
  })
  const isEngine = async ({ remoteAddress, remotePort = 0 }: Socket): Promise<boolean> =>
    remoteAddress === host && (await peers.judge(remotePort, port)) === 'engine'
  await new Promise<void>((resolve, reject) => {
    gate.once('error', reject)
    gate.listen({ host, port, backlog }, resolve)
  })
  return {
    useKeys: (renewed) => https.setSecureContext(tlsOf(renewed)),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => gate.close(() => resolve()))
      https.closeAllConnections()
      for (const socket of connections) socket.destroy()
      await closed
    },
  }
}

const tlsOf = ({ ca, certificate, key }: MirrorIdentity) => ({
  ca,
  cert: certificate,
  key,
  minVersion: 'TLSv1.2' as const,
})

/**
 * The common name of its certificate. Only our CA can have issued it: the handshake with any other certificate fails. Null also if the
 * connection was cut off while its request arrived.
 */
function engineOf(socket: TLSSocket): DoorEngine | null {
  const certificate: PeerCertificate | null = socket.getPeerCertificate()
  return DoorEngine.safeParse(certificate?.subject?.CN).data ?? null
}
