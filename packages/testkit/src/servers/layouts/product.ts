/**
 * What distinguishes one registry product from another, according to its public documents: its names, how it asks for a login, what its realm
 * answers, how it refuses, and where its blobs come from. Everything else is a real registry behind it.
 */
import type { Login } from '../../basic-login.ts'

/** The caller: may pull; may log in but not pull; has a formerly valid login; has a wrong login; has none. */
export type Caller = 'reader' | 'outsider' | 'expired' | 'unknown' | 'nobody'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON. */
  readonly body?: string | object
}

export interface Realm {
  /** host[:port], without :443. */
  readonly host: string
  readonly path: string
  /** `scope` is null if a client only logs in. An issued token identifies its caller. */
  readonly answer: (caller: Caller, scope: string | null, issue: (prefix?: string) => string) => Answer
}

/** Where blobs come from, through a signed link: a client that has it needs no login, and must not send one. */
export interface ObjectStore {
  readonly host: string
  /** The status with which the registry redirects clients there. */
  readonly status: 302 | 307
  /** Path and query of a blob, everything but the signature. */
  readonly linkTo: (digest: string) => string
  /** The query parameter with the signature. */
  readonly signature: string
}

/** For a registry that counts pulls: an answer instead of the manifest if there are none left; otherwise the headers with the count. */
export interface Meter {
  readonly count: (method: string) => Answer | null
  readonly headers: () => Readonly<Record<string, string>>
}

export interface Product {
  readonly name: string
  /** The public documents that the shape is taken from. */
  readonly documents: readonly string[]
  /** host[:port], as in the image's name. */
  readonly registry: string
  /** Where that is reached, without :443. */
  readonly contact: string
  /** As in the image's name; for a registry behind one host the first segments name the part that is separate. */
  readonly repository: string
  readonly logins: { readonly reader: Login; readonly outsider: Login; readonly expired?: Login }
  /** Null: Basic, at the registry itself. */
  readonly realm: Realm | null
  /** Whether the node's own file must list the pair of registry and realm. */
  readonly needsPair: boolean
  readonly refuse: (caller: Caller, isPing: boolean) => Answer
  /** For a user who may log in but not pull this. */
  readonly deny: () => Answer
  readonly missing: (what: 'repository' | 'tag') => Answer
  readonly store: ObjectStore | null
  readonly meter?: Meter
}

/** The pair that a node's file lists. */
export function pairOf({ registry, realm }: Product): { registry: string; realm: string } | null {
  return realm && { registry, realm: `https://${realm.host}${realm.path}` }
}

export function bearer(realm: Pick<Realm, 'host' | 'path'>, service: string, more = ''): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="https://${realm.host}${realm.path}",service="${service}"${more}` }
}

/** The error body of the distribution specification. */
export function errorBody(code: string, message: string, detail: object | null = null): object {
  return { errors: [{ code, message, detail }] }
}

export const manifestUnknown: Answer = { status: 404, body: errorBody('MANIFEST_UNKNOWN', 'manifest unknown') }
export const nameUnknown: Answer = {
  status: 404,
  body: errorBody('NAME_UNKNOWN', 'repository name not known to registry'),
}
