/** Who may call a route. Each route declares it next to its path; a test prints the whole table. */
import { type CloudId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type Role } from '@fairlead/contract/wire'

/** A role means that role or a higher one; `node` is a request signed by a node in its session; `node-key` one that opens the session. */
export type Access = 'public' | 'node' | 'node-key' | Role

const rank: Record<Role, number> = { viewer: 0, developer: 1, admin: 2 }

interface Held {
  readonly role: Role
  readonly clouds: readonly CloudId[] | null
}

interface Needed {
  readonly access: Access
  readonly reach: 'its clouds' | 'all clouds'
}

/** Whether the holder of a token may call a route at all. */
export function requireMay({ role, clouds }: Held, { access, reach }: Needed): void {
  if (access === 'node' || access === 'node-key') throw problem('NODE_SIGNATURE_INVALID')
  if (access !== 'public' && rank[role] < rank[access]) throw problem('ROLE_TOO_LOW', { role })
  if (reach === 'all clouds' && clouds !== null) throw problem('TOKEN_LIMITED_TO_CLOUDS')
}
