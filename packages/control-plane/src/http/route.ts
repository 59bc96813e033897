/**
 * One definition per route: method, path, who may call it, what it accepts, what it answers. The role check, request parsing, response parsing and
 * the OpenAPI document all come from it.
 */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { AuditAct, Role } from '@fairlead/contract/wire'
import { z } from 'zod'
import type { ApiCaller } from '../identity/api-caller.ts'
import type { NodeCaller } from '../identity/node-caller.ts'
import type { Access } from '../identity/roles.ts'
import type { Outgoing } from '../server.ts'
import type { Reader, Transaction } from '../store/store.ts'

export type CallerOf<Granted extends Access> = Granted extends 'public'
  ? null
  : Granted extends 'node' | 'node-key'
    ? NodeCaller
    : ApiCaller

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never

export interface Call<Path extends string, Granted extends Access, Query, Body> {
  readonly params: Readonly<Record<ParamNames<Path>, string>>
  readonly query: Query
  readonly body: Body
  readonly caller: CallerOf<Granted>
  readonly request: RequestFacts
}

/** What a route that writes its own response may need from the request. */
export interface RequestFacts {
  readonly id: string
  readonly header: (name: string) => string | undefined
  readonly signal: AbortSignal
  /** Where the request came from, as a network with one owner: an IPv4 address, or the /64 of an IPv6 one. */
  readonly address: string
  /** Node's raw response, with the usual headers on it; the caller then writes the whole answer. */
  readonly takeResponse: () => Outgoing
}

interface Definition<
  Path extends string,
  Granted extends Access,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly path: Path
  readonly access: Granted
  readonly summary: string
  readonly query?: Query
  readonly body?: Body
  /** Absent: 204 without a body. */
  readonly answer?: Answer
  readonly status: 200 | 201 | 202 | 204
  /** The problems specific to this route; those of authentication, malformed requests and faults apply everywhere. */
  readonly problems?: readonly ProblemCode[]
  readonly bodyLimit?: number
  /** The answer's type, if it is not JSON. */
  readonly contentType?: string
  /** `all clouds`: rejects a token limited to some clouds. Otherwise the reader and the transaction show only those. */
  readonly reach?: Route['reach']
  /** Recorded in the transaction of the act. */
  readonly audit?: AuditAct
  /** Its answer, to all but viewers, has a secret such as an env var's value (S22), possibly next to text of others. */
  readonly showsSecrets?: boolean
}

/** What only an admin may do is recorded. */
type Audited<Granted extends Access> = Granted extends 'admin' ? { readonly audit: AuditAct } : unknown
/** A route that writes its own response may know more than its reader shows, and must declare who may see it. */
type Reaching<Granted extends Access> = Granted extends Role ? { readonly reach: Route['reach'] } : unknown

type Work<
  Path extends string,
  Granted extends Access,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Ground,
> = (call: Call<Path, Granted, z.output<Query>, z.output<Body>>, ground: Ground) => Promise<z.input<Answer>>

type AnyCall = Call<string, Access, unknown, unknown>

export type Run =
  /** Also of what writes on its own: whatever the work returns is answered. */
  | { readonly kind: 'read'; readonly work: (call: AnyCall, reader: Reader) => Promise<unknown> }
  /** One transaction, which also stores the answer to an Idempotency-Key. */
  | { readonly kind: 'write'; readonly work: (call: AnyCall, transaction: Transaction) => Promise<unknown> }
  | { readonly kind: 'respond'; readonly work: (call: AnyCall, reader: Reader) => Promise<Response> }

export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly answer: z.ZodType | null
  readonly status: 200 | 201 | 202 | 204
  readonly problems: readonly ProblemCode[]
  readonly bodyLimit: number
  readonly contentType: string
  readonly reach: 'its clouds' | 'all clouds'
  readonly audit: AuditAct | null
  readonly showsSecrets: boolean
  readonly run: Run
}

const nothing = z.strictObject({})
type Nothing = typeof nothing
const defaultBodyLimit = 256 * 1024

export function get<
  Path extends string,
  Granted extends Access,
  Answer extends z.ZodType,
  Query extends z.ZodType = Nothing,
>(
  definition: Definition<Path, Granted, Query, Nothing, Answer>,
  work: Work<Path, Granted, Query, Nothing, Answer, Reader>,
): Route {
  return asRoute('get', definition, { kind: 'read', work: work as never })
}

export function post<
  Path extends string,
  Granted extends Access,
  Answer extends z.ZodType,
  Body extends z.ZodType = Nothing,
>(
  definition: Definition<Path, Granted, Nothing, Body, Answer> & Audited<Granted>,
  work: Work<Path, Granted, Nothing, Body, Answer, Transaction>,
): Route {
  return asRoute('post', { body: nothing, ...definition }, { kind: 'write', work: work as never })
}

/** What was removed, for the audit: nothing is answered. */
type Removed = { readonly result: { readonly id: string; readonly cloud_id: string } } | undefined

export function remove<Path extends string, Granted extends Access>(
  definition: Omit<Definition<Path, Granted, Nothing, Nothing, z.ZodUndefined>, 'status'> & Audited<Granted>,
  work: (call: Call<Path, Granted, z.output<Nothing>, z.output<Nothing>>, transaction: Transaction) => Promise<Removed>,
): Route {
  return asRoute('delete', { ...definition, status: 204 }, { kind: 'write', work: work as never })
}

/** A POST without a transaction around it: what it writes is committed in groups, or only after others were asked. */
export function perform<
  Path extends string,
  Granted extends Exclude<Access, Role>,
  Answer extends z.ZodType = z.ZodVoid,
  Body extends z.ZodType = Nothing,
>(
  definition: Definition<Path, Granted, Nothing, Body, Answer>,
  work: Work<Path, Granted, Nothing, Body, Answer, Reader>,
): Route {
  return asRoute('post', { body: nothing, ...definition }, { kind: 'read', work: work as never })
}

/** A GET that makes its own response: streams, waits and texts. */
export function respond<Path extends string, Granted extends Access, Query extends z.ZodType = Nothing>(
  definition: Definition<Path, Granted, Query, Nothing, z.ZodType> & Reaching<Granted>,
  work: (call: Call<Path, Granted, z.output<Query>, z.output<Nothing>>, reader: Reader) => Promise<Response>,
): Route {
  return asRoute('get', definition, { kind: 'respond', work: work as never })
}

function asRoute(
  method: Route['method'],
  definition: Definition<string, Access, z.ZodType, z.ZodType, z.ZodType>,
  run: Run,
): Route {
  return {
    method,
    path: definition.path,
    access: definition.access,
    summary: definition.summary,
    query: definition.query ?? nothing,
    body: definition.body ?? null,
    answer: definition.answer ?? null,
    status: definition.status,
    problems: definition.problems ?? [],
    bodyLimit: definition.bodyLimit ?? defaultBodyLimit,
    contentType: definition.contentType ?? 'application/json',
    reach: definition.reach ?? 'its clouds',
    audit: definition.audit ?? null,
    showsSecrets: definition.showsSecrets ?? false,
    run,
  }
}
