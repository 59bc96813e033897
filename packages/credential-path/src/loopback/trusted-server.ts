/** Connects to a server on loopback, and hands out the connection only if the server belongs to a trusted user (ADR 39). */
import { readFile } from 'node:fs/promises'
import { isIPv4, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem } from '@fairlead/contract/problems'
import type { buildConnector } from 'undici'
import { serverUsers } from './server-user.ts'

/** Why a server of this user gets nothing; null if it is trusted. */
export type JudgeUser = (uid: number) => Problem | null

/** Root, who can do anything here, the user running this process, and any users named. */
export function trustsUsers(named: Iterable<number | null>, refuse: (uid: number) => Problem): JudgeUser {
  const trusted = new Set<number | null>([0, process.geteuid?.() ?? 0, ...named])
  return (uid) => (trusted.has(uid) ? null : refuse(uid))
}

/** Over TLS a server proves its identity, so only plain http is checked. The timeout gives a server time to accept the connection. */
export function trustedServerConnector(
  connect: buildConnector.connector,
  judge: JudgeUser,
  timeoutMs: number,
): buildConnector.connector {
  return (target, callback) =>
    connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error !== null) return callback(error, null)
      if (target.protocol !== 'http:') return callback(null, socket)
      return void handOut(socket, judge, timeoutMs, callback)
    })
}

async function handOut(
  socket: Socket,
  judge: JudgeUser,
  timeoutMs: number,
  callback: buildConnector.Callback,
): Promise<void> {
  const refusal = await refusalOf(socket, judge, AbortSignal.timeout(timeoutMs))
  if (refusal === null) return callback(null, socket)
  socket.destroy()
  return callback(refusal, null)
}

async function refusalOf(socket: Socket, judge: JudgeUser, signal: AbortSignal): Promise<Error | null> {
  try {
    await requireTrustedServer(socket, judge, signal)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error('refused')
  }
}

const longestPauseMs = 100

/** Nothing has been sent yet. Off loopback, or on another kernel, there is nothing to check. */
async function requireTrustedServer(socket: Socket, judge: JudgeUser, signal: AbortSignal): Promise<void> {
  const server = endpoint(socket.remoteAddress, socket.remotePort)
  const client = endpoint(socket.localAddress, socket.localPort)
  if (process.platform !== 'linux' || server === null || client === null) return
  let looks = 0
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const users = serverUsers(await readTables(), server, client)
    looks += 1
    // A server that closes before we can look gets nothing either way.
    if (socket.destroyed || socket.readableEnded) throw closed()
    const refusal = users?.map(judge).find((found) => found !== null)
    if (refusal) throw refusal
    // A table that changes while being read can omit a row, so an absent socket is believed only at the second look.
    if (users !== null && (users.length > 0 || looks > 1)) return
    await sleep(pauseMs)
    signal.throwIfAborted()
  }
}

const closed = () => Object.assign(new Error('closed'), { code: 'ECONNRESET' })

function endpoint(address = '', port = 0): { address: string; port: number } | null {
  const plain = address.replace(/^::ffff:/, '')
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.')) ? { address: plain, port } : null
}

/** Without IPv6 there is no second table. */
export async function readTables(): Promise<string> {
  const [v4, v6] = await Promise.all([
    readFile('/proc/net/tcp', 'latin1'),
    readFile('/proc/net/tcp6', 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    }),
  ])
  return v4 + v6
}
