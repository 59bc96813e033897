/**
 * Finds the user who owns the server at the other end of a loopback connection. Any local user can bind a free port, so over plain http
 * nothing else identifies the server. We look up the far end of this very connection, so that no other process can take its place in
 * between (ADR 39). Pure.
 */
import { listenersAt, socketsBetween, type Endpoint } from './tcp-table.ts'

/**
 * The users, from the text of both tables, read after connecting; null if no process has accepted the connection yet: look again. Empty:
 * the other end is in another network namespace, to which only root can route it.
 */
export function serverUsers(table: string, server: Endpoint, client: Endpoint): readonly number[] | null {
  const ends = socketsBetween(table, server, client)
  // A connection the kernel still holds for a listener has the listener's user.
  const owned = ends.filter(({ state, inode }) => inode !== 0 || state === 'asked')
  if (owned.length > 0) return owned.map(({ uid }) => uid)
  return ends.length > 0 ? null : listenersAt(table, server).map(({ uid }) => uid)
}
