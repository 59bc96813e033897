/** The content of the cluster environment form, as typed, and its conversion to the fields that the contract checks and back. */
import type { ConfigText } from '@fairlead/config-file'
import type { Build } from '@fairlead/contract/wire'

export interface EnvVarRow {
  /** Distinguishes rows while they are edited. */
  readonly key: number
  readonly name: string
  readonly value: string
}

/** The part that the file also contains. */
export interface ConfigForm {
  readonly dockerImage: string
  readonly rayVersion: string
  readonly envVars: readonly EnvVarRow[]
  /** Empty for none. */
  readonly secret: string
}

export const emptyConfig: ConfigForm = { dockerImage: '', rayVersion: '', envVars: [], secret: '' }

export function envVarRows(vars: Iterable<readonly [name: string, value: string]>, firstKey = 0): EnvVarRow[] {
  return [...vars].map(([name, value], index) => ({ key: firstKey + index, name, value }))
}

export function nextKey(rows: readonly EnvVarRow[]): number {
  return rows.reduce((most, { key }) => Math.max(most, key + 1), 0)
}

/** An untouched row means nothing. */
export function filledRows(rows: readonly EnvVarRow[]): EnvVarRow[] {
  return rows.filter(({ name, value }) => name !== '' || value !== '')
}

/** For the file: a name given twice appears there twice. */
export function textOf({ dockerImage, rayVersion, envVars, secret }: ConfigForm): ConfigText {
  return {
    docker_image: dockerImage,
    ray_version: rayVersion,
    env_vars: filledRows(envVars).map(({ name, value }) => [name, value] as const),
    registry_login_secret: secret === '' ? null : secret,
  }
}

/** For a file that was read and whose fields are all known. */
export function formOfFields(fields: Readonly<Record<string, unknown>>): ConfigForm {
  const { docker_image: image, ray_version: ray, env_vars: vars, registry_login_secret: secret } = fields
  const entries = typeof vars === 'object' && vars !== null ? Object.entries(vars) : []
  return {
    dockerImage: textIn(image),
    rayVersion: textIn(ray),
    envVars: envVarRows(entries.map(([name, value]) => [name, textIn(value)] as const)),
    secret: textIn(secret),
  }
}

export function formOfBuild(build: Build): ConfigForm {
  return {
    dockerImage: build.docker_image_name,
    rayVersion: build.ray_version,
    envVars: envVarRows(Object.entries(build.env_vars).map(([name, value]) => [name, value ?? ''] as const)),
    secret: build.registry_login_secret ?? '',
  }
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
