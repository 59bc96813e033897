/** `fairlead explain realm`: would a node send a login for this registry to this token realm? */
import { explainRealm } from '@fairlead/credential-path/explain'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { printable } from '@fairlead/contract/problems'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { CliContext } from '../../context.ts'
import { UsageError } from '../../usage-error.ts'
import { giveAnswer, readVectorInput, textOf, type ExplainFlags } from './answer.ts'

export interface RealmFlags extends ExplainFlags {
  readonly registry?: string
  readonly policy?: string
}

const Pairs = z.array(z.object({ registry: z.string(), realm: z.string() }))
type Pairs = z.infer<typeof Pairs>

export default async function realm(this: CliContext, flags: RealmFlags, url?: string): Promise<void> {
  const asked = await readAsked(this, flags, url)
  const { allowed } = explainRealm(asked)
  const { registry, realm: place } = asked
  const text = allowed
    ? `Yes: a login for ${printable(registry)} may go to ${printable(place)}.\n`
    : `No: ${printable(place)} is not trusted with a login for ${printable(registry)}; nothing is sent there.\n` +
      `If it is right, ask the node's owner to list the pair under trusted_realms in /etc/fairlead/policy.yaml.\n`
  giveAnswer(this, flags, { verdict: allowed ? 'yes' : 'refused', json: { allowed }, text })
}

interface Asked {
  readonly registry: string
  readonly realm: string
  readonly localPairs: Pairs
}

async function readAsked(context: CliContext, flags: RealmFlags, url?: string): Promise<Asked> {
  const listed = flags.policy === undefined ? [] : readNodePolicy(resolve(context.cwd, flags.policy)).trusted_realms
  const input = await readVectorInput(context, flags)
  if (input === null) {
    if (url === undefined) throw new UsageError('URL is missing', 'fairlead explain realm')
    if (flags.registry === undefined) throw new UsageError('--registry needs a value', 'fairlead explain realm')
    return { registry: flags.registry, realm: url, localPairs: listed }
  }
  const pairs = Pairs.safeParse('localPairs' in input ? input.localPairs : [])
  if (!pairs.success) throw new UsageError('localPairs is a list of {registry, realm}', 'fairlead explain realm')
  return { registry: textOf(input, 'registry'), realm: textOf(input, 'realm'), localPairs: [...listed, ...pairs.data] }
}
