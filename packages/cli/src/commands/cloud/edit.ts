/** `fairlead cloud edit`. */
import { connect } from '../../connection/connect.ts'
import { findCloud } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { cloudDetails } from './cloud-details.ts'
import { cloudFacts, type FactFlags } from './fact-flags.ts'

export interface EditFlags extends RemoteFlags, NameFlag, FactFlags {
  readonly newName?: string
}

export default async function edit(this: CliContext, flags: EditFlags, named?: string): Promise<void> {
  const name = chosenName('fairlead cloud edit', flags, named)
  const change = { ...cloudFacts(flags), ...(flags.newName !== undefined && { name: flags.newName }) }
  if (Object.keys(change).length === 0) throw new UsageError('say what to change', 'fairlead cloud edit')
  const client = await connect(this, flags)
  const { id } = await findCloud(client, name, this.signal)
  const cloud = await client.clouds.update(id, change, { signal: this.signal })
  if (flags.json) return printJson(this, cloud)
  const paint = paintFor(this.stdout, this.env)
  this.stdout.write(`Cloud ${paint.bold(cloud.name)} is changed\n${cloudDetails(this, cloud)}\n`)
}
