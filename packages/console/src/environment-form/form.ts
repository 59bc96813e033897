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

/** Null if the form lacks a part of it: a field that it does not have, or a value that is not text. */
export function formOfFields(fields: Readonly<Record<string, unknown>>): ConfigForm | null {
  const { docker_image = '', ray_version = '', env_vars = {}, registry_login_secret = '', ...others } = fields
  const isSet = typeof env_vars === 'object' && env_vars !== null && !Array.isArray(env_vars)
  if (!isText(docker_image) || !isText(ray_version) || !isText(registry_login_secret) || !isSet) return null
  const vars = Object.entries(env_vars as Record<string, unknown>)
  const texts = vars.flatMap(([name, value]) => (isText(value) ? [[name, value] as const] : []))
  if (texts.length < vars.length || Object.keys(others).length > 0) return null
  return {
    dockerImage: docker_image,
    rayVersion: ray_version,
    envVars: envVarRows(texts),
    secret: registry_login_secret,
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

export function formOfBuild(build: Build): ConfigForm {
  return {
    dockerImage: build.docker_image_name,
    rayVersion: build.ray_version,
    envVars: envVarRows(Object.entries(build.env_vars).map(([name, value]) => [name, value ?? ''] as const)),
    secret: build.registry_login_secret ?? '',
  }
}
