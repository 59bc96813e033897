/** Secret references: which secret in which manager, never its content. */
import type { Provider } from './provider.ts'
import { looksLikeSecret } from './looks-like-secret.ts'
import { problem } from '../problems/problem.ts'
import { isGcpLocation, partitionOfRegion, type Partition } from './region-table.ts'

export interface AwsSecretReference {
  readonly provider: 'aws'
  readonly kind: 'name' | 'arn'
  /** What to request: the name or the ARN, as typed. */
  readonly secretId: string
  readonly name: string
  readonly partition: Partition
  /** Null if a bare name was parsed without knowing the node's own region or account. */
  readonly region: string | null
  readonly accountId: string | null
  /** False only if the secret is known to be in the node's own account and region. */
  readonly crossAccount: boolean
  readonly crossRegion: boolean
}

export interface GcpSecretReference {
  readonly provider: 'gcp'
  readonly kind: 'name' | 'resource'
  /** `projects/P[/locations/L]/secrets/S/versions/V`, no leading slash. */
  readonly resource: string | null
  /** Null if a bare name was parsed without knowing the node's own project. */
  readonly project: string | null
  readonly location: string | null
  readonly secret: string
  readonly version: string
  /** False only if the secret is known to be in the node's own project. */
  readonly crossProject: boolean
}

export interface LocalSecretReference {
  readonly provider: 'local'
  readonly name: string
}

export type SecretReference = AwsSecretReference | GcpSecretReference | LocalSecretReference

/** Known facts about the place that the secret is read from. */
export interface SecretContext {
  readonly partition?: Partition | null | undefined
  readonly region?: string | null | undefined
  readonly accountId?: string | null | undefined
  readonly projectId?: string | null | undefined
  readonly projectNumber?: string | null | undefined
}

const longestReference = 2048

/** Parses a reference as the provider does, after refusing text that looks like a secret itself (S22). The text is never trimmed or repeated. */
export function parseSecretReference(provider: Provider, text: string, context: SecretContext): SecretReference {
  if (typeof text !== 'string') throw invalid('it is not text')
  if (looksLikeSecret(text)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  if (text === '') throw invalid('it is empty')
  if (text.length > longestReference) throw invalid(`it is longer than ${longestReference} characters`)
  return readers[provider](text, context)
}

/** The provider of a full identifier, from its form; null for a bare name, which does not say where it is. */
export function providerNamedBy(reference: string): 'aws' | 'gcp' | null {
  if (/^arn:[a-z-]+:secretsmanager:/.test(reference)) return 'aws'
  return /^\/?projects\/[^/]+\/(?:locations\/[^/]+\/)?secrets\//.test(reference) ? 'gcp' : null
}

/** One text per secret (S13): partition, account, region and name; project, location and secret; or the local name. */
export function canonicalReference(reference: SecretReference): string {
  if (reference.provider === 'aws') {
    return `aws:${reference.partition}:${reference.region ?? ''}:${reference.accountId ?? ''}:${reference.name}`
  }
  if (reference.provider === 'local') return `local:${reference.name}`
  const location = reference.location === null ? '' : `/locations/${reference.location}`
  return `gcp:projects/${reference.project ?? ''}${location}/secrets/${reference.secret}`
}

const readers: Record<Provider, (text: string, context: SecretContext) => SecretReference> = {
  aws: (text, context) => (text.startsWith('arn:') ? parseArn(text, context) : parseAwsName(text, context)),
  gcp: (text, context) => (text.includes('/') ? parseGcpResource(text, context) : parseGcpName(text, context)),
  local: parseLocalName,
}

function parseAwsName(text: string, context: SecretContext): AwsSecretReference {
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(text)) throw invalid('an AWS name has 1 to 512 of A-Z a-z 0-9 / _ + = . @ -')
  const region = context.region ?? null
  if (region !== null && partitionOfRegion(region) === null) throw invalid('the region of the node is not a known one')
  return {
    provider: 'aws',
    kind: 'name',
    secretId: text,
    name: text,
    partition: ownPartition(context) ?? 'aws',
    region,
    accountId: context.accountId ?? null,
    crossAccount: false,
    crossRegion: false,
  }
}

function parseArn(text: string, context: SecretContext): AwsSecretReference {
  const [, partition, service, region = '', accountId = '', type, resource = '', ...rest] = text.split(':')
  if (service !== 'secretsmanager' || type !== 'secret' || rest.length > 0) {
    throw invalid('it is not the ARN of a secret in Secrets Manager')
  }
  if (partition !== 'aws' && partition !== 'aws-cn' && partition !== 'aws-us-gov') {
    throw invalid('its partition is none of aws, aws-cn, aws-us-gov')
  }
  const partitionOfItsRegion = partitionOfRegion(region)
  if (partitionOfItsRegion === null) throw invalid('its region is not a known one')
  if (partitionOfItsRegion !== partition) throw invalid('its region is not in its partition')
  if (partition !== (ownPartition(context) ?? partition)) throw invalid('it is in another partition than the node')
  if (!/^\d{12}$/.test(accountId)) throw invalid('its account is not 12 digits')
  const name = /^([A-Za-z0-9/_+=.@-]{1,512})-[A-Za-z0-9]{6}$/.exec(resource)?.[1]
  if (name === undefined) throw invalid('the full ARN ends in the name, a hyphen and six characters')
  return {
    provider: 'aws',
    kind: 'arn',
    secretId: text,
    name,
    partition,
    region,
    accountId,
    crossAccount: accountId !== context.accountId,
    crossRegion: region !== context.region,
  }
}

function ownPartition(context: SecretContext): Partition | null {
  return context.partition ?? (context.region == null ? null : partitionOfRegion(context.region))
}

function parseGcpName(text: string, context: SecretContext): GcpSecretReference {
  if (!gcpName.test(text)) throw invalid('a GCP name has 1 to 255 of A-Z a-z 0-9 _ -')
  const project = context.projectId ?? null
  const version = 'latest'
  return {
    provider: 'gcp',
    kind: 'name',
    resource: project === null ? null : gcpResource({ project, location: null, secret: text, version }),
    project,
    location: null,
    secret: text,
    version,
    crossProject: false,
  }
}

function parseGcpResource(text: string, context: SecretContext): GcpSecretReference {
  const parts = (text.startsWith('/') ? text.slice(1) : text).split('/')
  const hasLocation = parts[2] === 'locations'
  const collections = hasLocation
    ? ['projects', 'locations', 'secrets', 'versions']
    : ['projects', 'secrets', 'versions']
  if (parts.length !== collections.length * 2 || !collections.every((name, index) => parts[index * 2] === name)) {
    throw invalid('the full identifier is /projects/P/secrets/S/versions/V')
  }
  const [project = '', ...names] = parts.filter((_, index) => index % 2 === 1)
  const location = hasLocation ? (names.shift() ?? '') : null
  const [secret = '', version = ''] = names
  if (!projectId.test(project) && !projectNumber.test(project))
    throw invalid('its project is neither an id nor a number')
  if (location !== null && !isGcpLocation(location)) throw invalid('its location is not a known one')
  if (!gcpName.test(secret)) throw invalid('its secret has other than 1 to 255 of A-Z a-z 0-9 _ -')
  if (!isGcpVersion(version)) throw invalid('its version is neither a number from 1, nor latest, nor an alias')
  return {
    provider: 'gcp',
    kind: 'resource',
    resource: gcpResource({ project, location, secret, version }),
    project,
    location,
    secret,
    version,
    crossProject: project !== context.projectId && project !== context.projectNumber,
  }
}

const gcpName = /^[A-Za-z0-9_-]{1,255}$/
/** Older projects may belong to a domain: `example.com:my-project`. */
const projectId = /^(?:[a-z0-9][a-z0-9.-]{0,62}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/
const projectNumber = /^[1-9]\d{0,19}$/

function isGcpVersion(version: string): boolean {
  if (version === 'latest' || /^[1-9]\d{0,18}$/.test(version)) return true
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(version) && !/^(?:latest|new)$/i.test(version)
}

function gcpResource(parts: { project: string; location: string | null; secret: string; version: string }): string {
  const location = parts.location === null ? '' : `/locations/${parts.location}`
  return `projects/${parts.project}${location}/secrets/${parts.secret}/versions/${parts.version}`
}

function parseLocalName(text: string): LocalSecretReference {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) {
    const reason = 'a local name has 1 to 128 of A-Z a-z 0-9 . _ - and starts with a letter or a digit'
    throw problem('SECRET_REF_INVALID', { reason, provider: 'local' })
  }
  return { provider: 'local', name: text }
}

const invalid = (reason: string) => problem('SECRET_REF_INVALID', { reason })
