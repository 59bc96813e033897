/**
 * Checks whether a connection to the gateway or the mirror comes from an engine (S12); what cannot be told is a stranger. Any process in this network namespace can connect to a loopback
 * port, including a container on the host network; the kernel knows which user and process own each socket.
 */
import { readFile } from 'node:fs/promises'
import { socketsBetween, type TcpSocket } from '../loopback/tcp-table.ts'
import { holdsSocket } from '../process/held-socket.ts'

/** Who may connect, as far as known. */
export interface AllowedPeer {
  /** Null: unknown, so that nobody may. */
  readonly uid: number | null
  /** Null: any process of that user. */
  readonly pids: readonly number[] | null
}

export type PeerVerdict = 'engine' | 'stranger'

type PeerTable = string | null

export class PeerCheck {
  readonly #allowed: AllowedPeer
  readonly #proc: string
  #reading: Promise<unknown> = Promise.resolve()
  #next: Promise<PeerTable> | null = null

  constructor(allowed: AllowedPeer, proc = '/proc') {
    this.#allowed = allowed
    this.#proc = proc
  }

  async judge(peerPort: number, ownPort: number): Promise<PeerVerdict> {
    const { uid, pids } = this.#allowed
    const table = uid === null ? null : await this.#table()
    const peer = table === null ? undefined : findPeer(table, peerPort, ownPort)
    if (peer === undefined || peer.uid !== uid) return 'stranger'
    return pids === null || pids.some((pid) => holdsSocket(`${this.#proc}/${pid}`, peer.inode)) ? 'engine' : 'stranger'
  }

  /** A read that began before a connection existed may not show it. All waiters share the next read, so that a flood costs one read at a time. */
  #table(): Promise<PeerTable> {
    this.#next ??= this.#reading.then(() => {
      this.#next = null
      const read = readFile(`${this.#proc}/net/tcp`, 'latin1').catch(() => null)
      this.#reading = read
      return read
    })
    return this.#next
  }
}

/** A socket without an inode was closed by its process and no longer has an owner. */
function findPeer(table: string, peerPort: number, ownPort: number): TcpSocket | undefined {
  const at = (port: number) => ({ address: '127.0.0.1', port })
  return socketsBetween(table, at(peerPort), at(ownPort)).find(({ inode }) => inode !== 0)
}
