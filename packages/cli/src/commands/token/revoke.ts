/** `fairlead token revoke`: permanently. */
import { problem } from '@fairlead/contract/problems'
import type { FairleadClient } from '@fairlead/sdk'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { UsageError } from '../../usage-error.ts'

export default async function revoke(this: CliContext, flags: RemoteFlags & NameFlag, named?: string): Promise<void> {
  const nameOrId = chosenName('fairlead token revoke', flags, named)
  const client = await connect(this, flags)
  const id = /^tok_[0-9a-z]{26}$/.test(nameOrId) ? nameOrId : await findByName(client, nameOrId, this.signal)
  await client.apiTokens.revoke(id, { signal: this.signal })
  if (!flags.json) this.stdout.write(`The token ${nameOrId} is revoked\n`)
}

async function findByName(client: FairleadClient, name: string, signal: AbortSignal): Promise<string> {
  const found: string[] = []
  for await (const token of client.apiTokens.list({ kind: 'token' }, { signal })) {
    if (token.name === name && token.revoked_at === null) found.push(token.id)
  }
  if (found.length > 1) throw new UsageError(`several tokens have the name ${name}; give the id`, 'fairlead token list')
  if (found[0] === undefined) throw problem('TOKEN_NOT_FOUND', { name })
  return found[0]
}
