/** Which build of an environment a cluster starts from: the named one, else the newest that can start. Pure. */
import type { Build } from '@fairlead/contract/wire'

export interface Identifier {
  readonly name: string
  /** Null for the newest. */
  readonly revision: number | null
}

/** Reads `NAME` or `NAME:REVISION`. */
export function splitIdentifier(text: string): Identifier {
  const [name = '', revision] = text.split(':')
  return { name, revision: revision !== undefined && /^[1-9]\d{0,8}$/.test(revision) ? Number(revision) : null }
}

type Startable = Pick<Build, 'revision' | 'status'>

/** No cluster starts from a build whose check failed. */
export function canStart({ status }: Startable): boolean {
  return status !== 'failed'
}

/** `builds` newest first. Null if the named one does not exist, or none can start. */
export function chooseBuild<Of extends Startable>(builds: readonly Of[], revision: number | null): Of | null {
  const fits = (build: Of) => (revision === null ? canStart(build) : build.revision === revision)
  return builds.find(fits) ?? null
}

const statusWords: Record<Build['status'], string> = {
  pending: 'not checked yet',
  in_progress: 'being checked',
  succeeded: 'checked',
  failed: 'failed its check',
  pending_cancellation: 'not checked',
  canceled: 'not checked',
}

export function revisionText({ revision, status }: Startable, newest: number): string {
  return `${revision}${revision === newest ? ', the newest' : ''} (${statusWords[status]})`
}
