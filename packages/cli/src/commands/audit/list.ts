/** `fairlead audit list`: which administrator did what, to what, and with what result. */
import { nearestWord } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { AuditAct, type AuditEvent } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { formatTime } from '../../terminal/units.ts'
import { UsageError } from '../../usage-error.ts'

export interface AuditListFlags extends ListFlags {
  readonly act?: string
  readonly token?: string
}

export default async function list(this: CliContext, flags: AuditListFlags): Promise<void> {
  const act = readAct(flags.act)
  const client = await connect(this, flags)
  const token_id = flags.token === undefined ? undefined : await tokenId(client, flags.token, this.signal)
  const events = await client.audit.list({ act, token_id }, { signal: this.signal }).take(flags.maxItems)
  printList(this, flags, events, {
    headers: ['WHEN', 'ACT', 'OUTCOME', 'BY', 'ROLE', 'ON'],
    row: (event) => [
      formatTime(event.at),
      event.act,
      event.outcome,
      event.token_name ?? doers[event.act] ?? 'the start of the control plane',
      event.role ?? '',
      event.resource_ids.join(' '),
    ],
    empty: flags.act === undefined && flags.token === undefined ? 'No acts yet.' : 'No acts match.',
  })
}

/** The actor where no token was used. */
const doers: Partial<Record<AuditEvent['act'], string>> = {
  'node.leave': 'the node itself',
  'node.forget': 'the control plane',
}

function readAct(text: string | undefined): AuditEvent['act'] | undefined {
  const read = AuditAct.optional().safeParse(text)
  if (read.success) return read.data
  const [first = 'token.create', ...others] = AuditAct.options
  const nearest = nearestWord(text ?? '', [first, ...others])
  throw new UsageError(`--act: there is no such act; did you mean ${nearest}?`, 'fairlead audit list')
}

/** Also for a revoked token: its acts stay on record. */
async function tokenId(client: FairleadClient, nameOrId: string, signal: AbortSignal): Promise<string> {
  if (/^tok_[0-9a-z]{26}$/.test(nameOrId)) return nameOrId
  const found: string[] = []
  for await (const token of client.apiTokens.list({}, { signal })) if (token.name === nameOrId) found.push(token.id)
  if (found.length > 1) {
    throw new UsageError(`several tokens have had the name ${nameOrId}; give the id`, 'fairlead token list')
  }
  if (found[0] === undefined) throw problem('TOKEN_NOT_FOUND', { name: nameOrId })
  return found[0]
}
