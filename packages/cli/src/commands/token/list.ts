/** `fairlead token list`. */
import { expiresSoon, tokenState, type ApiToken } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { formatAge, formatMoment } from '../../terminal/units.ts'

export interface TokenListFlags extends ListFlags {
  readonly sessions?: boolean
}

export default async function list(this: CliContext, flags: TokenListFlags): Promise<void> {
  const client = await connect(this, flags)
  const tokens = await client.apiTokens
    .list({ kind: flags.sessions ? 'session' : 'token' }, { signal: this.signal })
    .take(flags.maxItems)
  const names = flags.json ? new Map<string, string>() : await cloudNames(client, tokens.results, this.signal)
  const now = this.clock.now()
  printList(this, flags, tokens, {
    headers: ['NAME', 'ROLE', 'CLOUDS', 'STATE', 'EXPIRES', 'CREATED', 'LAST USED', 'ID'],
    row: (token) => [
      token.name,
      token.role,
      token.cloud_ids?.map((id) => names.get(id) ?? id).join(' ') ?? 'all',
      expiresSoon(token, now) ? 'expires soon' : tokenState(token, now),
      token.expires_at === null ? 'never' : formatMoment(token.expires_at, now),
      formatAge(token.created_at, now),
      token.last_used_at === null ? 'never' : formatAge(token.last_used_at, now),
      token.id,
    ],
    empty: flags.sessions
      ? 'No sessions: people and CI jobs make one with `fairlead login`.'
      : 'No tokens. Create one: fairlead token create -n NAME --role developer',
  })
}

/** Fetched only if a token is limited to some. */
async function cloudNames(
  client: FairleadClient,
  tokens: readonly ApiToken[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  if (tokens.every((token) => token.cloud_ids === null)) return names
  for await (const cloud of client.clouds.list({}, { signal })) names.set(cloud.id, cloud.name)
  return names
}
