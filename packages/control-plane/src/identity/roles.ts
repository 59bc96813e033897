/** Who may call a route. Each route says it beside its path; a test prints the whole table. */
import { problem, type Role } from '@fairlead/contract'

/** A role means that role or a higher one; `node` a request that a node signed in its session; `node-key` one that opens the session. */
export type Access = 'public' | 'node' | 'node-key' | Role

const rank: Record<Role, number> = { viewer: 0, developer: 1, admin: 2 }

export function requireRole(held: Role, needed: Role): void {
  if (rank[held] < rank[needed]) throw problem('ROLE_TOO_LOW', { role: held })
}
