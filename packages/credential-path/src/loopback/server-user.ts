/**
 * To whom the server at the other end of a loopback connection belongs. Any local user can bind a free port, so over plain http nothing else
 * says who answers. What is read is the far end of this very connection, so that nobody can take its place in between (ADR 39). Pure.
 */
import { listenersAt, socketsBetween, type Endpoint } from './tcp-table.ts'

/**
 * The users, in the text of both tables, read after the connection was made; null where no process has accepted it yet: look again.
 * None: its other end is in another network namespace, where only root can lead it.
 */
export function serverUsers(table: string, server: Endpoint, client: Endpoint): readonly number[] | null {
  const ends = socketsBetween(table, server, client)
  // What the kernel still keeps for whoever listens has the listener's user.
  const owned = ends.filter(({ state, inode }) => inode !== 0 || state === 'asked')
  if (owned.length > 0) return owned.map(({ uid }) => uid)
  return ends.length > 0 ? null : listenersAt(table, server).map(({ uid }) => uid)
}
