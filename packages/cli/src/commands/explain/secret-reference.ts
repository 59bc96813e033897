/** `fairlead explain secret-reference`: which secret a reference names, for a node in this account or project. */
import { AwsPartition, parseSecretReference, Provider, type SecretContext } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblem } from '../../terminal/problem-text.ts'
import { formatDetails } from '../../terminal/table.ts'
import { UsageError } from '../../usage-error.ts'
import { giveAnswer, optionalTextOf, readVectorInput, textOf, type ExplainFlags } from './answer.ts'

export interface SecretReferenceFlags extends ExplainFlags {
  readonly provider?: Provider
  readonly partition?: string
  readonly region?: string
  readonly account?: string
  readonly project?: string
  readonly projectNumber?: string
}

export default async function secretReference(
  this: CliContext,
  flags: SecretReferenceFlags,
  reference?: string,
): Promise<void> {
  const asked = await readAsked(this, flags, reference)
  try {
    const { provider, ...named } = parseSecretReference(asked.provider, asked.reference, asked.context)
    const rows = Object.entries(named).map(
      ([name, value]) => [name, value === null ? 'not known here' : String(value)] as const,
    )
    const text = formatDetails([['provider', provider], ...rows], paintFor(this.stdout, this.env))
    giveAnswer(this, flags, { verdict: 'yes', json: { ok: named }, text })
  } catch (error) {
    if (!isProblem(error)) throw error
    const text = formatProblem(error, paintFor(this.stderr, this.env))
    // To the grammar, a pasted secret is just another invalid reference; the reason for its earlier rejection is reported with it (S22).
    const { code } = error
    const json = code === 'REFERENCE_LOOKS_LIKE_A_SECRET' ? { error: 'SECRET_REF_INVALID', why: code } : { error: code }
    giveAnswer(this, flags, { verdict: 'malformed', json, text })
  }
}

interface Asked {
  readonly provider: Provider
  readonly reference: string
  readonly context: SecretContext
}

async function readAsked(context: CliContext, flags: SecretReferenceFlags, reference?: string): Promise<Asked> {
  const input = await readVectorInput(context, flags)
  if (input === null) {
    if (reference === undefined) throw new UsageError('REFERENCE is missing', 'fairlead explain secret-reference')
    const facts = {
      partition: flags.partition,
      region: flags.region,
      accountId: flags.account,
      projectId: flags.project,
      projectNumber: flags.projectNumber,
    }
    return { provider: requireProvider(flags.provider), reference, context: contextOf(facts) }
  }
  const given: unknown = Object.entries(input).find(([key]) => key === 'context')?.[1] ?? {}
  if (typeof given !== 'object' || given === null) throw new UsageError('context in the input must be an object')
  return {
    provider: requireProvider(optionalTextOf(input, 'provider') ?? flags.provider),
    reference: textOf(input, 'ref'),
    context: contextOf(given),
  }
}

function requireProvider(text: string | undefined): Provider {
  if (text === undefined) throw new UsageError('--provider is missing', 'fairlead explain secret-reference')
  const parsed = Provider.safeParse(text)
  if (parsed.success) return parsed.data
  throw new UsageError('--provider takes one of aws, gcp, local', 'fairlead explain secret-reference')
}

function contextOf(facts: object): SecretContext {
  const names = ['partition', 'region', 'accountId', 'projectId', 'projectNumber'] as const
  const known = names.map((name) => [name, optionalTextOf(facts, name)] as const)
  const partition = optionalTextOf(facts, 'partition')
  if (partition !== undefined && !AwsPartition.safeParse(partition).success) {
    throw new UsageError('a partition is one of aws, aws-cn, aws-us-gov', 'fairlead explain secret-reference')
  }
  return Object.fromEntries(known.filter(([, value]) => value !== undefined)) as SecretContext
}
