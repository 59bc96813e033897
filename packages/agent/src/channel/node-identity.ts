/** This node's identity from the join: one 0600 file in the state folder, with the node's key (S5, S10). */
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CloudId, Name, NodeId, Provider } from '@fairlead/contract/names'
import { problem, tooLarge } from '@fairlead/contract/problems'
import { z } from 'zod'
import { openDraft, writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { stateDirNotWritable } from '@fairlead/credential-path/process/state-dir'
import { importNodeKey, type NodeKey } from './node-key.ts'

export interface NodeIdentity {
  readonly nodeId: NodeId
  readonly cloudId: CloudId
  readonly name: string
  readonly provider: Provider
  readonly checker: boolean
  /** The name of the cloud that the node proved itself to; null: it joined by token. */
  readonly cloud: string | null
  /** The file with the token of this pod, if its Kubernetes cluster vouched for it. */
  readonly podToken: string | null
  /** Where the control plane is reached. */
  readonly host: string
  /** The control plane's own name for itself: requests are signed for it. */
  readonly origin: string
  /** The CAs that may vouch for the control plane; null: the system's CAs. */
  readonly caPem: string | null
  /** The user that served there at the join, if seen: on loopback, over plain http. */
  readonly hostUser: number | null
  readonly key: NodeKey
}

const fileLimitBytes = 256 * 1024
/** More than all that an identity holds besides its CAs: the path of a pod's token is the longest. */
const restBytes = 8 * 1024

/** Null: an identity can hold these CAs; else why not. */
export function tooManyCas(caPem: string): string | null {
  const [size, limit] = [JSON.stringify(caPem).length, fileLimitBytes - restBytes]
  return size > limit ? tooLarge(size, limit) : null
}

const IdentityFile = z.strictObject({
  version: z.literal(1),
  node_id: NodeId,
  cloud_id: CloudId,
  name: Name,
  provider: Provider,
  checker: z.boolean(),
  cloud: Name.optional(),
  pod_token: z.string().min(1).max(4096).optional(),
  host: z.string().min(1).max(300),
  origin: z.string().min(1).max(300),
  ca_pem: z.string().nullable(),
  host_user: z.int().nonnegative().nullable().default(null),
  public_key: z.string(),
  private_key: z.string(),
})

export const identityFile = (stateDir: string) => join(stateDir, 'identity.json')

export interface IdentityDraft extends AsyncDisposable {
  save(identity: NodeIdentity): Promise<void>
}

/** Takes its room on the disk. Throws STATE_DIR_NOT_WRITABLE. */
export async function draftIdentity(stateDir: string, caPem: string | null): Promise<IdentityDraft> {
  const draft = await openDraft(identityFile(stateDir), JSON.stringify(caPem).length + restBytes).catch(
    (error: unknown) => {
      throw stateDirNotWritable(stateDir, error)
    },
  )
  return {
    save: (identity) => draft.publish(fileText(identity)),
    [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
  }
}

export async function saveIdentity(stateDir: string, identity: NodeIdentity): Promise<void> {
  await writeFileAtomically(identityFile(stateDir), fileText(identity))
}

function fileText(identity: NodeIdentity): string {
  const file: z.infer<typeof IdentityFile> = {
    version: 1,
    node_id: identity.nodeId,
    cloud_id: identity.cloudId,
    name: identity.name,
    provider: identity.provider,
    checker: identity.checker,
    ...(identity.cloud !== null && { cloud: identity.cloud }),
    ...(identity.podToken !== null && { pod_token: identity.podToken }),
    host: identity.host,
    origin: identity.origin,
    ca_pem: identity.caPem,
    host_user: identity.hostUser,
    public_key: identity.key.publicKey,
    private_key: identity.key.exportPrivate(),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Makes the machine joined to nothing. */
export async function removeIdentity(stateDir: string): Promise<void> {
  await rm(identityFile(stateDir), { force: true })
}

/** Null if the machine has not joined. A file that this user may not read, that others can read, or a damaged one, is a problem rather than "not joined". */
export async function loadIdentity(stateDir: string): Promise<NodeIdentity | null> {
  const path = identityFile(stateDir)
  const text = await readPrivateFile(path)
  if (text === null) return null
  const file = parseFile(text, path)
  const key = importNodeKey(file.private_key, file.public_key)
  if (key === null) throw unreadable(path, 'its key is not a pair')
  return {
    nodeId: file.node_id,
    cloudId: file.cloud_id,
    name: file.name,
    provider: file.provider,
    checker: file.checker,
    cloud: file.cloud ?? null,
    podToken: file.pod_token ?? null,
    host: file.host,
    origin: file.origin,
    caPem: file.ca_pem,
    hostUser: file.host_user,
    key,
  }
}

async function readPrivateFile(path: string): Promise<string | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    const stat = await file.stat()
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file')
    if ((stat.mode & 0o077) !== 0) throw unreadable(path, 'others than its owner may read it; chmod 0600 it')
    if (stat.size > fileLimitBytes) throw unreadable(path, tooLarge(stat.size, fileLimitBytes))
    return await file.readFile('utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === 'ELOOP') throw unreadable(path, 'it is a link')
    if (code === 'EACCES') throw problem('FILE_FORBIDDEN', { path })
    throw error
  }
}

function parseFile(text: string, path: string): z.infer<typeof IdentityFile> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // V8's message quotes its input, which holds the key.
    throw unreadable(path, 'it is not JSON')
  }
  const file = IdentityFile.safeParse(json)
  if (!file.success) throw unreadable(path, 'it is not an identity file of this version')
  return file.data
}

const unreadable = (path: string, reason: string) => problem('AGENT_STATE_UNREADABLE', { path, reason })
