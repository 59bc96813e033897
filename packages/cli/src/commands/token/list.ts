/** `fairlead token list`. */
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { formatAge } from '../../terminal/units.ts'

export default async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const client = await connect(this, flags)
  const tokens = await client.apiTokens.list({ signal: this.signal }).take(flags.maxItems)
  const now = this.clock.now()
  printList(this, flags, tokens, {
    headers: ['NAME', 'ROLE', 'STATE', 'CREATED', 'LAST USED', 'ID'],
    row: (token) => [
      token.name,
      token.role,
      token.revoked_at === null ? 'valid' : 'revoked',
      formatAge(token.created_at, now),
      token.last_used_at === null ? 'never' : formatAge(token.last_used_at, now),
      token.id,
    ],
    empty: 'No tokens. Make one: fairlead token create -n NAME --role developer',
  })
}
