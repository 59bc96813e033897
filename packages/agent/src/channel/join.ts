/** Joins this machine to a cloud: creates a key here, and turns it into a node with a single-use token or with proof from the machine's own cloud. */
import { Name, type CloudId, type NodeId, type Provider } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import {
  JoinAnswer,
  joinBinding,
  JoinChallenge,
  joinTokenPattern,
  type JoinRequest,
  type ProvenJoinRequest,
} from '@fairlead/contract/wire'
import { FirstUser, trustedControlPlane } from '@fairlead/credential-path/loopback/control-plane-user'
import type { MachineProver } from '../attestation/machine-prover.ts'
import { readRegularFile } from '@fairlead/credential-path/process/regular-file'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'
import { requireStateDir } from '@fairlead/credential-path/process/state-dir'
import { readResult } from './answer.ts'
import { connectTo, type Connection } from './connection.ts'
import { parseControlPlaneAddress, type ControlPlaneAddress } from './control-plane-address.ts'
import { giveUpEarlier, type EarlierNode } from './earlier-node.ts'
import { draftIdentity, identityFile, loadIdentity, tooManyCas, type NodeIdentity } from './node-identity.ts'
import { makeNodeKey, type NodeKey } from './node-key.ts'
import { fetchPinnedCa } from './pinned-ca.ts'

/** What admits the machine: a token (S10), or a proof from its own cloud or cluster (S18). */
export type Admission =
  /** From standard input or a 0600 file, never from the command line. */
  | { readonly kind: 'token'; readonly token: string; readonly provider: Provider }
  | {
      readonly kind: 'proof'
      readonly cloud: string
      /** SHA-256 in hex of the control plane's own CA, if it created one. */
      readonly caSha256: string | null
      readonly prove: MachineProver
      /** The file with the token of this pod, if its Kubernetes cluster vouches for it. */
      readonly podToken?: string | null
    }

export interface JoinOptions {
  /** Where the control plane is: `https://host[:port]`, or plain http on loopback. */
  readonly host: string
  readonly admission: Admission
  /** Null only with a proof: what vouches for the machine names it. */
  readonly name: string | null
  readonly checker: boolean
  /** Whether to end the node that this machine already is. */
  readonly replace?: boolean
  readonly stateDir: string
  readonly caFile: string | null
}

export interface JoinedNode {
  readonly nodeId: NodeId
  readonly cloudId: CloudId
  readonly name: string
  readonly host: string
  readonly identityFile: string
  /** What this machine was before the join. */
  readonly earlier: EarlierNode | null
  /** The user that serves there and is trusted from now on, unless it is root or the user of this process. */
  readonly strangerTrusted: number | null
}

const answerLimitBytes = 64 * 1024

export async function joinNode(
  options: JoinOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<JoinedNode> {
  const { stateDir, name, admission, checker, replace = false } = options
  if (name !== null && !Name.safeParse(name).success) throw problem('NAME_INVALID')
  if (admission.kind === 'token' && !joinTokenPattern.test(admission.token)) throw problem('JOIN_TOKEN_INVALID')
  const address = parseControlPlaneAddress(options.host)
  requireStateDir(stateDir)
  const giveUp = async () => {
    const there = await loadIdentity(stateDir)
    return there === null ? null : giveUpEarlier(there, replace, signal)
  }
  // Before the lock, which the node's own agent may have.
  if (!replace) await giveUp()
  const caPem = await trustFor(address, options.caFile, pinOf(admission), signal)
  // A token works once, so make sure that the result can be stored first.
  await using draft = await draftIdentity(stateDir, caPem)
  // A running agent would take the end of its node for an accident and join again on its own.
  using _lock = lockStateDir(stateDir)
  const earlier = await giveUp()
  const server = new FirstUser(address.shown)
  const identity = await admit(admission, { address, caPem, server, name, checker }, signal)
  await draft.save(identity)
  return {
    nodeId: identity.nodeId,
    cloudId: identity.cloudId,
    name: identity.name,
    host: identity.host,
    identityFile: identityFile(stateDir),
    earlier,
    strangerTrusted: server.stranger,
  }
}

const pinOf = (admission: Admission) =>
  admission.kind === 'token' ? (admission.token.split('.')[1] ?? null) : admission.caSha256

/** A node that proved itself and was forgotten while its machine was off or away proves itself again, as before but with a new key. */
export async function joinAnew(
  { host, hostUser, caPem, name, checker, podToken }: NodeIdentity,
  { cloud, prove }: { readonly cloud: string; readonly prove: MachineProver },
  signal: AbortSignal,
): Promise<NodeIdentity> {
  const admission = { kind: 'proof', cloud, caSha256: null, prove, podToken } as const
  const address = parseControlPlaneAddress(host)
  const server = { judge: trustedControlPlane(address.shown, hostUser), uid: hostUser }
  return admit(admission, { address, caPem, server, name, checker }, signal)
}

interface Applicant extends Pick<JoinOptions, 'name' | 'checker'> {
  readonly address: ControlPlaneAddress
  readonly caPem: string | null
  /** Which user may serve there, and which one does, if known. */
  readonly server: Pick<FirstUser, 'judge' | 'uid'>
}

async function admit(
  admission: Admission,
  { address, caPem, server, name, checker }: Applicant,
  signal: AbortSignal,
): Promise<NodeIdentity> {
  const key = makeNodeKey()
  await using connection = connectTo(address, caPem, server.judge)
  const self = { checker, public_key: key.publicKey, ...(name !== null && { name }) }
  const ask = { connection, address, signal }
  const { provider, joined } =
    admission.kind === 'token' ? await joinByToken(admission, self, ask) : await joinByProof(admission, self, key, ask)
  return {
    nodeId: joined.node_id,
    cloudId: joined.cloud_id,
    name: joined.name,
    provider,
    checker,
    cloud: admission.kind === 'proof' ? admission.cloud : null,
    podToken: admission.kind === 'proof' ? (admission.podToken ?? null) : null,
    host: address.origin,
    origin: checkedOrigin(joined.origin, address),
    caPem,
    hostUser: server.uid,
    key,
  }
}

interface Ask {
  readonly connection: Connection
  readonly address: ControlPlaneAddress
  readonly signal: AbortSignal
}

type Self = Pick<ProvenJoinRequest, 'name' | 'checker' | 'public_key'>

async function joinByToken(
  { token, provider }: Extract<Admission, { kind: 'token' }>,
  { name, ...self }: Self,
  { connection, address, signal }: Ask,
) {
  // Nothing vouches for a different name.
  if (name === undefined) throw problem('NAME_INVALID')
  const request: JoinRequest = { ...self, name, token, provider }
  const answer = await post(connection, '/api/v1/nodes/join', request, signal)
  return { provider, joined: readResult(answer, JoinAnswer, address.shown) }
}

/** The proof is for the name this machine was given, not the one the answer claims, so a go-between cannot use it. */
async function joinByProof(
  { cloud, prove }: Extract<Admission, { kind: 'proof' }>,
  self: Self,
  key: NodeKey,
  { connection, address, signal }: Ask,
) {
  const asked = await post(connection, '/api/v1/nodes/join/challenge', { cloud }, signal)
  const challenge = readResult(asked, JoinChallenge, address.shown)
  const origin = checkedOrigin(challenge.origin, address)
  if (origin !== address.origin) throw problem('JOIN_ORIGIN_DIFFERS', { host: origin })
  const binding = await joinBinding({
    nonce: challenge.nonce,
    origin: address.origin,
    cloudId: challenge.cloud_id,
    publicKey: key.publicKey,
  })
  const proof = await prove(binding, signal)
  const request: ProvenJoinRequest = { ...self, nonce: challenge.nonce, cloud_id: challenge.cloud_id, ...proof }
  const answer = await post(connection, '/api/v1/nodes/join/proof', request, signal)
  const provider = proof.provider === 'kubernetes' ? proof.proof.cloud_provider : proof.provider
  return { provider, joined: readResult(answer, JoinAnswer, address.shown) }
}

const post = (connection: Connection, path: string, body: unknown, signal: AbortSignal) =>
  connection.send(
    {
      method: 'POST',
      path,
      headers: {},
      body: JSON.stringify(body),
      limitBytes: answerLimitBytes,
      timeoutMs: 30_000,
    },
    signal,
  )

/** The CA that vouches for the control plane: from the named file, else the one the hash names, else the system's CAs (null). */
async function trustFor(
  address: ControlPlaneAddress,
  caFile: string | null,
  pin: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (!address.secure) return null
  if (caFile !== null) return readCaFile(caFile)
  return pin === null ? null : fetchPinnedCa(address, pin, signal)
}

async function readCaFile(path: string): Promise<string> {
  const pem = await readRegularFile(path)
  const reason = tooManyCas(pem)
  if (reason !== null) throw problem('FILE_TOO_LARGE', { path, reason })
  return pem
}

/** Requests will be signed for this origin; it becomes part of the signed text, so it must be a plain origin. */
function checkedOrigin(origin: string, address: ControlPlaneAddress): string {
  try {
    return parseControlPlaneAddress(origin).origin
  } catch (error) {
    if (isProblem(error)) throw problem('CONTROL_PLANE_ANSWER_INVALID', { host: address.shown })
    throw error
  }
}
