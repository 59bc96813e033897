/** Where the mirror is, as engines are configured to reach it: on loopback, with keys that only root can read. */
import { join } from 'node:path'
import type { DoorEngine } from '@fairlead/contract/wire'

export interface MirrorPlace {
  /** On 127.0.0.1. */
  readonly port: number
  /** The agent's state folder. */
  readonly stateDir: string
}

export interface MirrorKeys {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

export const mirrorAddress = ({ port }: MirrorPlace): string => `127.0.0.1:${port}`

export const keyFolder = (stateDir: string): string => join(stateDir, 'door')

/** What an engine needs to trust the mirror, and to be recognized by it. */
export function keysOf(engine: DoorEngine, stateDir: string): MirrorKeys {
  const inFolder = (name: string): string => join(keyFolder(stateDir), name)
  return { ca: inFolder('ca.crt'), certificate: inFolder(`${engine}.crt`), key: inFolder(`${engine}.key`) }
}

/** A registry's key in a path of the mirror: `registry.example.com:5000` is `registry.example.com_5000`, since a path of an image has no colon. */
export const segmentOf = (registry: string): string => registry.replace(':', '_')

/** The registry of such a segment; a host name has no underscore. */
export const registryOfSegment = (segment: string): string => segment.replace('_', ':')
