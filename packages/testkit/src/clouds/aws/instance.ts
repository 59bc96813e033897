/** The machines of one role as AWS knows them: an instance for each address, with credentials that no other received. */
import { createHash } from 'node:crypto'

export interface RoleSpec {
  account: string
  /** The role's name. */
  role: string
  region: string
}

export interface Instance {
  readonly id: string
  readonly address: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; token: string }
  /** The caller's identity according to AWS. */
  readonly arn: string
  readonly userId: string
}

export interface Fleet {
  readonly spec: RoleSpec
  /** The instance at an address; created on the first request. */
  readonly at: (address: string) => Instance
  /** The instance that owns these credentials. */
  readonly ofAccessKey: (accessKeyId: string) => Instance | undefined
}

export function createFleet(spec: RoleSpec): Fleet {
  const instances = new Map<string, Instance>()
  const roleId = `AROA${code(spec.role, 17)}`
  const make = (address: string): Instance => {
    const id = `i-${hex(`instance ${address}`, 17)}`
    return {
      id,
      address,
      credentials: {
        accessKeyId: `ASIA${code(`key ${address}`, 16)}`,
        secretAccessKey: hex(`secret ${address}`, 40),
        token: hex(`token ${address}`, 64).repeat(4),
      },
      arn: `arn:aws:sts::${spec.account}:assumed-role/${spec.role}/${id}`,
      userId: `${roleId}:${id}`,
    }
  }
  return {
    spec,
    at(address) {
      const bare = address.replace(/^::ffff:/, '')
      const instance = instances.get(bare) ?? make(bare)
      instances.set(bare, instance)
      return instance
    },
    ofAccessKey: (accessKeyId) =>
      [...instances.values()].find(({ credentials }) => credentials.accessKeyId === accessKeyId),
  }
}

function hex(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

function code(text: string, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const digest = createHash('sha256').update(text).digest()
  return Array.from({ length }, (_, index) => letters[(digest[index] ?? 0) % letters.length]).join('')
}
