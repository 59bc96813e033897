/**
 * An AWS machine proves its identity by signing one `sts:GetCallerIdentity` request (S18). The control plane builds that request from the proof's
 * fields, sends it to the regional STS itself, and checks the answer. Nothing that the machine sent becomes a host, a path, a header name or part of
 * the body.
 */
import { problem, type Problem } from '@fairlead/contract/problems'
import { stsHost, stsJoinRequest, type AwsJoinProof } from '@fairlead/contract/wire'
import type { ProvenMachine } from './proven-machine.ts'

export interface StsRequest {
  readonly host: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `binding` is J; a signature over anything else does not match this request. */
export function stsRequest(proof: AwsJoinProof, binding: string): StsRequest {
  const scope = `${proof.date.slice(0, 8)}/${proof.region}/sts/aws4_request`
  const signed = stsJoinRequest.signedHeaders.join(';')
  const host = stsHost(proof.region)
  if (host === null) throw new TypeError('the schema knows the regions')
  return {
    host,
    headers: {
      'content-type': stsJoinRequest.contentType,
      'x-amz-date': proof.date,
      'x-amz-security-token': proof.security_token,
      [stsJoinRequest.bindingHeader]: binding,
      authorization: `AWS4-HMAC-SHA256 Credential=${proof.access_key_id}/${scope}, SignedHeaders=${signed}, Signature=${proof.signature}`,
    },
    body: stsJoinRequest.body,
  }
}

const freshMs = 5 * 60 * 1000

/** Whether `YYYYMMDDTHHMMSSZ` is within five minutes of now; AWS itself would allow fifteen. */
export function isFresh(date: string, now: number): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Math.abs(now - at) <= freshMs
}

export interface CallerIdentity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

const resultPattern = /<GetCallerIdentityResult>([^]*?)<\/GetCallerIdentityResult>/g
const text = String.raw`([\w:/+=,.@-]{1,2048})`

/** The XML answer from STS, parsed strictly; null for anything else. No parser errors, no entities, no second answer. */
export function readCallerIdentity(xml: string): CallerIdentity | null {
  const [result, another] = [...xml.matchAll(resultPattern)]
  if (result === undefined || another !== undefined) return null
  const field = (name: string): string | null => {
    const [found, twice] = [...xml.matchAll(new RegExp(`<${name}>${text}</${name}>`, 'g'))]
    return found === undefined || twice !== undefined || !result[0].includes(found[0]) ? null : (found[1] ?? null)
  }
  const [account, arn, userId] = [field('Account'), field('Arn'), field('UserId')]
  return account === null || arn === null || userId === null ? null : { account, arn, userId }
}

export interface ExpectedRole {
  readonly partition: string
  readonly account: string
  /** The role's own name, without a path. */
  readonly role: string
  /** The unique id that was seen first; null before the first join. */
  readonly roleId: string | null
}

const assumedRole = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/
const roleUser = /^(AROA[A-Z0-9]{12,124}):([\w+=,.@-]{2,64})$/

/** Throws NODE_PROOF_REFUSED. Compares whole segments: a role whose name merely starts the same is another role. */
export function judgeCallerIdentity(caller: CallerIdentity, expected: ExpectedRole): ProvenMachine {
  const [, partition, account, role, session] = assumedRole.exec(caller.arn) ?? []
  if (partition === undefined || account === undefined || role === undefined || session === undefined) {
    throw refused('it is not that of a role: AWS names a user, an account or a federated user')
  }
  const [, roleId, sameSession] = roleUser.exec(caller.userId) ?? []
  if (roleId === undefined || sameSession !== session || caller.account !== account) {
    throw refused('what AWS answers does not fit together')
  }
  if (partition !== expected.partition) throw refused('it is of another partition of AWS')
  if (account !== expected.account) throw refused('it is of another AWS account')
  if (role !== expected.role) throw refused('the machine runs as another role than the nodes of this cloud')
  if (expected.roleId !== null && roleId !== expected.roleId) {
    throw refused('the role was recreated since the first node joined; `fairlead cloud reset-role` accepts the new one')
  }
  return {
    identity: { principal: `arn:${partition}:iam::${account}:role/${role}`, instance: session },
    instanceKey: `aws:${account}:${roleId}:${session}`,
    roleId,
  }
}

export const refused = (reason: string): Problem => problem('NODE_PROOF_REFUSED', { reason })
