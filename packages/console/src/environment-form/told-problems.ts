/** Where a request's problem belongs: on the fields that it names, with the rest at the bottom of the form. */
import { isProblem, problem, type Problem, type ProblemCode } from '@fairlead/contract/problems'
import { sentence } from '../ui/sentence.ts'

export type FormField = 'name' | 'cloud' | 'docker_image' | 'ray_version' | 'env_vars' | 'registry_login_secret'

export interface ToldProblems {
  readonly fields: ReadonlyMap<FormField, string>
  /** What no field shows. */
  readonly rest: Problem | null
}

/** Codes that name no field but are about one. */
const fieldOf: Partial<Record<ProblemCode, FormField>> = {
  NAME_IN_USE: 'name',
  NAME_INVALID: 'name',
  IMAGE_REF_INVALID: 'docker_image',
  SECRET_REF_INVALID: 'registry_login_secret',
  REFERENCE_NOT_ALLOWED: 'registry_login_secret',
  REFERENCE_LOOKS_LIKE_A_SECRET: 'registry_login_secret',
  CLOUD_NOT_FOUND: 'cloud',
  CLOUD_REQUIRED: 'cloud',
  CLOUD_MISSING: 'cloud',
  TOKEN_LIMITED_TO_CLOUDS: 'cloud',
}

export function toldProblems(error: unknown): ToldProblems {
  if (error === null) return { fields: new Map(), rest: null }
  if (!isProblem(error)) return { fields: new Map(), rest: problem('INTERNAL') }
  const fields = new Map<FormField, string>()
  let isPlaced = error.fields.length > 0
  for (const { path, detail } of error.fields) {
    const field = fieldAt(path)
    if (field === null) isPlaced = false
    else if (!fields.has(field)) fields.set(field, field === 'env_vars' ? `${path}: ${detail}.` : sentence(detail))
  }
  const field = fieldOf[error.code]
  if (field !== undefined && !fields.has(field)) {
    fields.set(field, `${sentence(error.what)} ${error.fix}`)
    isPlaced = true
  }
  return { fields, rest: isPlaced ? null : error }
}

function fieldAt(path: string): FormField | null {
  const place = path.replace(/^config_json\./, '')
  if (place.startsWith('env_vars')) return 'env_vars'
  if (place === 'cloud_id') return 'cloud'
  if (place === 'name' || place === 'docker_image' || place === 'ray_version' || place === 'registry_login_secret')
    return place
  return null
}
