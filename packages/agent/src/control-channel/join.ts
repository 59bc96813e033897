/** Joins this machine to a cloud: a key is made here, and a single-use token turns it into a node. */
import { readFile } from 'node:fs/promises'
import {
  isProblem,
  JoinAnswer,
  JoinRequest,
  joinTokenPattern,
  problem,
  type CloudId,
  type NodeId,
  type Provider,
} from '@fairlead/contract'
import { readResult } from './answer.ts'
import { connectTo } from './connection.ts'
import { parseControlPlaneAddress, type ControlPlaneAddress } from './control-plane-address.ts'
import { identityFile, loadIdentity, saveIdentity, type NodeIdentity } from './node-identity.ts'
import { makeNodeKey } from './node-key.ts'
import { fetchPinnedCa } from './pinned-ca.ts'

export interface JoinOptions {
  /** Where the control plane is: `https://host[:port]`, or plain http on loopback. */
  readonly host: string
  /** From standard input or a 0600 file; never from a command line (S10). */
  readonly token: string
  readonly name: string
  readonly provider: Provider
  readonly checker: boolean
  readonly stateDir: string
  readonly caFile: string | null
}

export interface JoinedNode {
  readonly nodeId: NodeId
  readonly cloudId: CloudId
  readonly name: string
  readonly host: string
  readonly identityFile: string
}

const answerLimitBytes = 64 * 1024

export async function joinNode(
  options: JoinOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<JoinedNode> {
  const there = await loadIdentity(options.stateDir)
  if (there !== null) throw problem('AGENT_ALREADY_JOINED', { node: there.name })
  if (!joinTokenPattern.test(options.token)) throw problem('JOIN_TOKEN_INVALID')
  const address = parseControlPlaneAddress(options.host)
  const caPem = await trustFor(address, options, signal)
  const identity = await askToJoin(address, caPem, options, signal)
  await saveIdentity(options.stateDir, identity)
  return {
    nodeId: identity.nodeId,
    cloudId: identity.cloudId,
    name: identity.name,
    host: identity.host,
    identityFile: identityFile(options.stateDir),
  }
}

/** The CA that vouches for the control plane: the file that was named, else the one that the token names, else the system's (null). */
async function trustFor(
  address: ControlPlaneAddress,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<string | null> {
  if (!address.secure) return null
  if (options.caFile !== null) return readCaFile(options.caFile)
  const pin = options.token.split('.')[1]
  return pin === undefined ? null : fetchPinnedCa(address, pin, signal)
}

async function readCaFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be opened'
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason })
  }
}

async function askToJoin(
  address: ControlPlaneAddress,
  caPem: string | null,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<NodeIdentity> {
  const key = makeNodeKey()
  const request = JoinRequest.safeParse({
    token: options.token,
    name: options.name,
    checker: options.checker,
    provider: options.provider,
    public_key: key.publicKey,
  })
  // All else is checked or made above.
  if (!request.success) throw problem('NAME_INVALID')
  await using connection = connectTo(address, caPem)
  const answer = await connection.send(
    {
      method: 'POST',
      path: '/api/v1/nodes/join',
      headers: {},
      body: JSON.stringify(request.data),
      limitBytes: answerLimitBytes,
      timeoutMs: 30_000,
    },
    signal,
  )
  const joined = readResult(answer, JoinAnswer, address.shown)
  return {
    nodeId: joined.node_id,
    cloudId: joined.cloud_id,
    name: options.name,
    provider: options.provider,
    checker: options.checker,
    host: address.origin,
    origin: checkedOrigin(joined.origin, address),
    caPem,
    key,
  }
}

/** Requests will be signed for this origin; it goes into the signed text, so it must be a plain one. */
function checkedOrigin(origin: string, address: ControlPlaneAddress): string {
  try {
    return parseControlPlaneAddress(origin).origin
  } catch (error) {
    if (isProblem(error)) throw problem('CONTROL_PLANE_ANSWER_INVALID', { host: address.shown })
    throw error
  }
}
