/** Validates a cluster environment's config: the same function in the command line, the SDK, the server and the console. */
import type { ConfigWarning, EnvironmentConfig } from './cluster-environment.ts'
import { configWarnings, type ConfigCloud } from './config-warnings.ts'
import { judgeEnvVars } from './env-vars.ts'
import { printable } from '../problems/fact.ts'
import { parseImageReference } from '../names/image-reference.ts'
import { holdsToken } from '../names/looks-like-secret.ts'
import { nearWord } from '../names/nearest-word.ts'
import type { FieldProblem } from '../problems/problem-document.ts'
import { isProblem, Problem, problem } from '../problems/problem.ts'
import { registryOf } from '../names/registry-host.ts'
import { parseSecretReference, type SecretContext } from '../names/secret-reference.ts'
import { rayVersionPattern } from '../names/versions.ts'

export interface CheckedConfig {
  readonly config: EnvironmentConfig
  readonly warnings: ConfigWarning[]
}

export const configFields = ['docker_image', 'ray_version', 'env_vars', 'registry_login_secret'] as const

const longestImage = 512
const tooLong = `it is longer than ${longestImage} characters`
const tokenAsTag = 'its tag looks like a token; revoke it if it is one'
const mostFieldsListed = 20

/**
 * Reads a config, or throws the first of its problems with all faulty fields listed. Scalars must already be text: a YAML reader passes on what was
 * typed, so that `2.10` keeps its zero. Without a cloud, any reference that some provider accepts is valid.
 */
export function checkEnvironmentConfig(input: unknown, cloud: ConfigCloud | null): CheckedConfig {
  if (!isRecord(input)) throw problem('CONFIG_INVALID', { path: 'the configuration', reason: 'it has no named fields' })
  const found: Problem[] = []
  const judge = <Value>(path: string, read: () => Value): Value | undefined => {
    try {
      return read()
    } catch (error) {
      if (!isProblem(error)) throw error
      found.push(error.fields.length > 0 ? error : at(path, error))
      return undefined
    }
  }

  // Faults beyond this limit are not listed.
  for (const name of Object.keys(input).slice(0, configFields.length + mostFieldsListed))
    judge(name, () => judgeFieldName(name, input))
  const image = judge('docker_image', () => judgeImage(input['docker_image']))
  const rayVersion = judge('ray_version', () => judgeRayVersion(input['ray_version']))
  const envVars = judge('env_vars', () => judgeEnvVars(input['env_vars'] ?? undefined))
  const secret = judge('registry_login_secret', () => judgeSecret(input['registry_login_secret'] ?? undefined, cloud))
  if (found.length > 0 || image === undefined || rayVersion === undefined) throw worst(found)

  const config: EnvironmentConfig = {
    docker_image: image,
    ray_version: rayVersion,
    ...(envVars !== undefined && { env_vars: envVars }),
    ...(secret !== undefined && { registry_login_secret: secret }),
  }
  return { config, warnings: configWarnings(config, cloud) }
}

/** A config never contains a login itself: anybody who writes one means the reference to it. */
const namesLogin = /user|pass|login|secret|auth|token|cred/i

/** A name that could be a variable in a shell's environment. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

function judgeFieldName(name: string, input: Record<string, unknown>): void {
  if ((configFields as readonly string[]).includes(name)) return
  const hasEmptyVariables = 'env_vars' in input && (input['env_vars'] ?? undefined) === undefined
  const near = nearWord(name, configFields)
  // Text copied from a page loses its indentation.
  if (near === null && hasEmptyVariables && variableName.test(name)) {
    const detail = 'there is no such field; if it is a variable, indent it below env_vars'
    throw problem('CONFIG_UNKNOWN_FIELD', { name, path: 'env_vars' }, [{ path: printable(name), detail }])
  }
  const nearest = namesLogin.test(name) ? 'registry_login_secret' : near
  const detail = nearest === null ? 'there is no such field' : `there is no such field; did you mean ${nearest}?`
  throw problem('CONFIG_UNKNOWN_FIELD', { name, ...(nearest !== null && { nearest }) }, [
    { path: printable(name), detail },
  ])
}

function judgeImage(value: unknown): string {
  const text = requiredText('docker_image', value)
  if (text.length > longestImage) throw problem('IMAGE_REF_INVALID', { reason: tooLong })
  const image = parseImageReference(text)
  registryOf(image)
  if (holdsToken(image.tag ?? '')) throw problem('IMAGE_REF_INVALID', { reason: tokenAsTag })
  return text
}

function judgeRayVersion(value: unknown): string {
  if (typeof value === 'number') throw problem('CONFIG_INVALID', { path: 'ray_version', reason: numberForVersion })
  const text = requiredText('ray_version', value)
  if (rayVersionPattern.test(text)) return text
  throw problem('CONFIG_INVALID', { path: 'ray_version', reason: 'expected a version of Ray, such as 2.55.1' })
}

/** YAML keeps the text as typed; a JSON or Python number has lost it. */
const numberForVersion = 'as a number 2.10 is 2.1; write it as text, in quotes'

function judgeSecret(value: unknown, cloud: ConfigCloud | null): string | undefined {
  if (value === undefined) return undefined
  const text = requiredText('registry_login_secret', value)
  if (cloud === null) parseForSomeProvider(text)
  else parseSecretReference(cloud.provider, text, withoutPartition(cloud.context))
  return text
}

/** Here the partition is only worth a warning, and the node checks it later: the cloud may have been described wrongly. */
function withoutPartition(context: SecretContext): SecretContext {
  return { ...context, partition: undefined, region: undefined }
}

/** Names and ARNs by the AWS grammar, which is the widest; references that only Google Cloud accepts by its own. */
function parseForSomeProvider(text: string): void {
  try {
    parseSecretReference('aws', text, {})
  } catch (error) {
    if (!isProblem(error, 'SECRET_REF_INVALID') || !/^\/?projects\//.test(text)) throw error
    parseSecretReference('gcp', text, {})
  }
}

function requiredText(path: string, value: unknown): string {
  if (value === undefined || value === null) throw problem('CONFIG_INVALID', { path, reason: 'it is missing' })
  if (typeof value !== 'string') throw problem('CONFIG_INVALID', { path, reason: 'it is not text; put it in quotes' })
  if (value === '') throw problem('CONFIG_INVALID', { path, reason: 'it is empty' })
  return value
}

/** A pasted secret first, since it must be revoked; otherwise the first fault found. All faulty fields are listed. */
function worst(found: readonly Problem[]): Problem {
  const first = found.find((one) => one.code === 'REFERENCE_LOOKS_LIKE_A_SECRET') ?? found[0] ?? problem('INTERNAL')
  const fields = found.flatMap((one) => one.fields).slice(0, mostFieldsListed)
  return new Problem(first.code, first.facts, fields)
}

function at(path: string, error: Problem): Problem {
  const detail = error.facts.reason === undefined ? error.what : String(error.facts.reason)
  const fields: FieldProblem[] = [{ path, detail }]
  return new Problem(error.code, error.facts, fields)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
