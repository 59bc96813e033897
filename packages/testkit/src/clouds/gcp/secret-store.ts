/** Google Secret Manager as its REST definition (v1) describes it: secrets with versions, bindings that decide who reads, checksums. */
import { refuse, type GoogleAnswer } from './answer.ts'
import type { Principal } from './access-tokens.ts'

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED'

interface Version {
  readonly payload: Uint8Array
  state: VersionState
}

interface StoredSecret {
  readonly versions: Version[]
  readonly aliases: Map<string, number>
  /** The members with `roles/secretmanager.secretAccessor` on it. */
  readonly readers: Set<string>
}

export interface SecretStore {
  /** Adds a version; the first one creates the secret. `secret`: `projects/P[/locations/L]/secrets/S`. Returns the version's number. */
  add(secret: string, payload: string | Uint8Array): number
  setState(secret: string, version: number, state: VersionState): void
  setAlias(secret: string, alias: string, version: number): void
  allow(secret: string, member: string): void
  deny(secret: string, member: string): void
  access(name: string, principal: Principal, damaged: boolean): GoogleAnswer
}

const pattern = /^(projects\/[^/]+(?:\/locations\/[^/]+)?\/secrets\/[^/]+)\/versions\/([^/]+)$/

/** `numbers`: of each project that has one; both name the same project. */
export function secretStore(numbers: ReadonlyMap<string, string>): SecretStore {
  const secrets = new Map<string, StoredSecret>()
  const byNumber = (name: string): string =>
    name.replace(/^projects\/([^/]+)/, (_, project: string) => `projects/${numbers.get(project) ?? project}`)
  const known = (secret: string): StoredSecret => {
    const found = secrets.get(byNumber(secret))
    if (found === undefined) throw new Error(`There is no secret ${secret}`)
    return found
  }

  return {
    add(secret, payload) {
      const key = byNumber(secret)
      const stored: StoredSecret = secrets.get(key) ?? { versions: [], aliases: new Map(), readers: new Set() }
      secrets.set(key, stored)
      return stored.versions.push({ payload: Buffer.from(payload), state: 'ENABLED' })
    },
    setState(secret, version, state) {
      const found = known(secret).versions[version - 1]
      if (found === undefined) throw new Error(`There is no version ${version} of ${secret}`)
      found.state = state
    },
    setAlias: (secret, alias, version) => void known(secret).aliases.set(alias, version),
    allow: (secret, member) => void known(secret).readers.add(member),
    deny: (secret, member) => void known(secret).readers.delete(member),
    access(name, { member }, damaged) {
      const [, secret = '', wanted = ''] = pattern.exec(name) ?? []
      const stored = secrets.get(byNumber(secret))
      // A caller that may not read it does not learn whether it exists.
      if (stored?.readers.has(member) !== true) {
        const message = `Permission 'secretmanager.versions.access' denied for resource '${name}' (or it may not exist).`
        return refuse(403, message, { reason: 'IAM_PERMISSION_DENIED' })
      }
      const number = wanted === 'latest' ? stored.versions.length : (stored.aliases.get(wanted) ?? Number(wanted))
      const version = stored.versions[number - 1]
      const fullName = `${byNumber(secret)}/versions/${number}`
      if (version === undefined) return refuse(404, `Secret Version [${fullName}] not found.`)
      if (version.state !== 'ENABLED') {
        const message = `Secret Version [${fullName}] is in ${version.state} state.`
        return refuse(400, message, { status: 'FAILED_PRECONDITION' })
      }
      const data = Buffer.from(version.payload).toString('base64')
      const sum = crc32c(version.payload)
      return {
        status: 200,
        body: { name: fullName, payload: { data, dataCrc32c: String(damaged ? (sum ^ 1) >>> 0 : sum) } },
      }
    },
  }
}

/** CRC-32C bit by bit, as its definition says: slow, and written separately from the product's, which it checks. */
function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of bytes) {
    remainder ^= byte
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0)
  }
  return ~remainder >>> 0
}
