/** Who listens where the agent's mirror should. Any user may while the agent is down; no engine trusts that program, but every pull through a door fails. */
import { readFile, stat } from 'node:fs/promises'
import { listenersAt } from '@fairlead/credential-path/loopback/tcp-table'
import { keyFolder, mirrorAddress, type MirrorPlace } from '../engines/mirror-place.ts'

export interface Squatter {
  /** The mirror's address and port. */
  readonly host: string
  readonly uid: number
}

/** Null if nobody listens there, or only the user who made the keys: the agent's. */
export async function squatterAt(mirror: MirrorPlace): Promise<Squatter | null> {
  const read = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => '')
  const tables = await Promise.all([read('/proc/net/tcp'), read('/proc/net/tcp6')])
  const owner = await stat(keyFolder(mirror.stateDir)).then(
    ({ uid }) => uid,
    () => null,
  )
  const listeners = listenersAt(tables.join('\n'), { address: '127.0.0.1', port: mirror.port })
  const squatter = listeners.find(({ uid }) => uid !== owner)
  return squatter === undefined ? null : { host: mirrorAddress(mirror), uid: squatter.uid }
}
