/** `fairlead cloud grant`: which secrets a cloud may name, and for which registries (S13). */
import { looksLikeSecret } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson, printList } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'

export interface GrantFlags extends RemoteFlags {
  readonly cloudName?: string
  readonly registry?: readonly string[]
  readonly list?: boolean
  readonly remove?: string
}

export default async function grant(this: CliContext, flags: GrantFlags, reference?: string): Promise<void> {
  const asked = [reference !== undefined, flags.list === true, flags.remove !== undefined].filter(Boolean).length
  if (asked !== 1) throw new UsageError('give a REFERENCE, or --list, or --remove GRANT_ID', 'fairlead cloud grant')
  // No byte of a pasted password leaves this machine (S22).
  if (reference !== undefined && looksLikeSecret(reference)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const cloud = await findCloud(client, flags.cloudName, this.signal)
  if (flags.remove !== undefined) {
    await client.clouds.revokeGrant(cloud.id, flags.remove, options)
    if (!flags.json)
      this.stdout.write(`The grant is removed; builds that use the secret can no longer start clusters.\n`)
    return
  }
  if (reference === undefined) {
    const grants = await client.clouds.grants(cloud.id, options).take(1000)
    return printList(this, flags, grants, {
      headers: ['REFERENCE', 'MATCH', 'REGISTRIES', 'ID'],
      row: (found) => [found.reference, found.match, found.registries.join(' ') || 'any', found.id],
      empty: cloud.allow_any_secret
        ? `Cloud ${cloud.name} allows any secret.`
        : `No secret is allowed in cloud ${cloud.name} yet. Grant one: fairlead cloud grant REFERENCE`,
    })
  }
  const made = await client.clouds.grant(cloud.id, { reference, registries: [...(flags.registry ?? [])] }, options)
  if (flags.json) return printJson(this, made)
  const named = printable(made.reference)
  const what = made.match === 'prefix' ? `secrets that start with ${named}` : `the secret ${named}`
  const where = made.registries.length === 0 ? 'any registry' : made.registries.map(printable).join(', ')
  this.stdout.write(`In cloud ${cloud.name}, builds may use ${what} for ${where}\n`)
}
