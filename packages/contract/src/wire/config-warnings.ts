/** Legal config that is probably not what was meant. A warning names the place and the effect, but never repeats a value that could be a secret. */
import type { Provider } from '../names/provider.ts'
import type { ConfigWarning, EnvironmentConfig } from './cluster-environment.ts'
import { formatImageReference, parseImageReference } from '../names/image-reference.ts'
import { looksLikeCredential } from '../names/looks-like-secret.ts'
import { partitionOfRegion } from '../names/region-table.ts'
import type { SecretContext } from '../names/secret-reference.ts'

/** The cloud that a config is validated for; its provider determines how a secret reference is parsed. */
export interface ConfigCloud {
  readonly provider: Provider
  readonly context: SecretContext
}

export function configWarnings(config: EnvironmentConfig, cloud: ConfigCloud | null): ConfigWarning[] {
  return [
    ...imageWarnings(config.docker_image),
    ...secretWarnings(config.registry_login_secret, cloud),
    ...Object.entries(config.env_vars ?? {}).flatMap(([name, value]) => envVarWarnings(name, value)),
  ]
}

function imageWarnings(text: string): ConfigWarning[] {
  const image = parseImageReference(text)
  const path = 'docker_image'
  const warnings: ConfigWarning[] = []
  if (image.domain === 'docker.io' && !/^(?:index\.)?docker\.io\//.test(text)) {
    const detail = `the image name has no host, so it is read as ${formatImageReference(image)} on Docker Hub; write the host of your registry in front if it is elsewhere`
    warnings.push({ code: 'IMAGE_WITHOUT_HOST', path, detail })
  }
  if (image.tag === null && image.digest === null) {
    const detail =
      'the image name has neither tag nor digest, so the tag latest is used, which may be another image tomorrow'
    warnings.push({ code: 'IMAGE_WITHOUT_TAG', path, detail })
  }
  return warnings
}

function secretWarnings(text: string | undefined, cloud: ConfigCloud | null): ConfigWarning[] {
  if (text === undefined || (cloud !== null && cloud.provider !== 'aws')) return []
  const path = 'registry_login_secret'
  if (text.startsWith('arn:')) {
    const partition = text.split(':')[1] ?? ''
    const own = cloud?.context.partition ?? partitionOfRegion(cloud?.context.region ?? '') ?? 'aws'
    if (partition === own) return []
    const detail = `the ARN is in the partition ${partition}, and nodes in ${own} cannot read it`
    return [{ code: 'SECRET_IN_OTHER_PARTITION', path, detail }]
  }
  if (/^\/?projects\/[^/]+\/(?:secrets|locations)\//.test(text) && cloud !== null) {
    const detail =
      'this reads like an identifier of Google Secret Manager, and is looked up as a name in AWS Secrets Manager'
    return [{ code: 'SECRET_OF_OTHER_PROVIDER', path, detail }]
  }
  if (!endsLikeArnSuffix(text)) return []
  const detail =
    'the name ends like the six characters that AWS adds in an ARN; give the name without them, or the full ARN'
  return [{ code: 'SECRET_NAME_WITH_SUFFIX', path, detail }]
}

/** Six random letters and digits: words such as `-docker` end names as well, so this requires a digit or a capital. */
function endsLikeArnSuffix(name: string): boolean {
  const suffix = /.-([A-Za-z0-9]{6})$/.exec(name)?.[1]
  return suffix !== undefined && /[A-Z0-9]/.test(suffix)
}

function envVarWarnings(name: string, value: string): ConfigWarning[] {
  if (!namesCredential(name) && !looksLikeCredential(value)) return []
  const detail =
    'this looks like a credential; the control plane stores env vars, and who may read the build may read it'
  return [{ code: 'ENV_VAR_LOOKS_LIKE_CREDENTIAL', path: `env_vars.${name}`, detail }]
}

const credentialWords =
  /(?:^|_)(?:PASS|PASSWD|PASSWORD|PASSPHRASE|SECRET|SECRETS|TOKEN|CREDENTIAL|CREDENTIALS|APIKEY|(?:API|ACCESS|PRIVATE|SECRET|AUTH|ACCOUNT|SIGNING|ENCRYPTION)_?KEY)(?:_|$)/i
/** The location of a credential is not a credential. */
const locationWords = /_(?:FILE|PATH|DIR|NAME|ARN|URL|URI|ID|TYPE|TTL)$/i

function namesCredential(name: string): boolean {
  return credentialWords.test(name) && !locationWords.test(name)
}
