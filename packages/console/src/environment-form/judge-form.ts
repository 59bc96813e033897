/** Judges the input field by field, with the contract's function: an unfinished field hides nothing about the others. */
import { Name } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { checkEnvironmentConfig, type ConfigWarning, type EnvironmentConfig } from '@fairlead/contract/wire'
import type { ConfigCloud } from '@fairlead/contract/wire'
import { filledRows, type ConfigForm, type EnvVarRow } from './form.ts'

export interface FieldJudgement {
  readonly problem: Problem | null
  readonly warnings: readonly ConfigWarning[]
  /** A required field is empty: this is not reported before the user tries to continue. */
  readonly isMissing: boolean
}

export interface FormJudgement {
  readonly image: FieldJudgement
  readonly ray: FieldJudgement
  readonly secret: FieldJudgement
  /** By the row's key. */
  readonly envVars: ReadonlyMap<number, FieldJudgement>
  /** For all variables together. */
  readonly envVarsTogether: Problem | null
  /** Null while a field has an error. */
  readonly config: EnvironmentConfig | null
}

/** Valid next to any field that is judged separately. */
const standIn = { docker_image: 'docker.io/a/b:1', ray_version: '2.9.0' }
const fine: FieldJudgement = { problem: null, warnings: [], isMissing: false }

export function judgeForm(form: ConfigForm, cloud: ConfigCloud | null): FormJudgement {
  const rows = filledRows(form.envVars)
  const image = judgeField('docker_image', form.dockerImage, cloud)
  const ray = judgeField('ray_version', form.rayVersion, cloud)
  const secret = form.secret === '' ? fine : judgeField('registry_login_secret', form.secret, cloud)
  const envVars = new Map(rows.map((row) => [row.key, judgeRow(row, rows)]))
  const fields = {
    docker_image: form.dockerImage,
    ray_version: form.rayVersion,
    ...(rows.length > 0 && { env_vars: Object.fromEntries(rows.map(({ name, value }) => [name, value])) }),
    ...(form.secret !== '' && { registry_login_secret: form.secret }),
  }
  const whole = check(fields, cloud)
  const parts = [image, ray, secret, ...envVars.values()]
  const isSound = parts.every((part) => part.problem === null)
  return {
    image,
    ray,
    secret,
    envVars,
    envVarsTogether: isSound ? whole.problem : null,
    config: isSound ? whole.config : null,
  }
}

export function judgeName(name: string): string | null {
  if (name === '') return 'A name is missing.'
  return Name.safeParse(name).success ? null : 'A name has 1 to 128 of A-Z a-z 0-9 . _ -'
}

/** Every warning in the form, in field order. */
export function warningsOf({ image, ray, secret, envVars }: FormJudgement): ConfigWarning[] {
  return [image, ray, ...envVars.values(), secret].flatMap(({ warnings }) => warnings)
}

function judgeField(path: string, value: string, cloud: ConfigCloud | null): FieldJudgement {
  const { problem: found, warnings } = check({ ...standIn, [path]: value }, cloud)
  return { problem: found, warnings: warnings.filter((warning) => warning.path === path), isMissing: value === '' }
}

function judgeRow(row: EnvVarRow, rows: readonly EnvVarRow[]): FieldJudgement {
  const isRepeated = rows.some(({ key, name }) => key < row.key && name === row.name)
  if (isRepeated) {
    const reason = 'this name is used twice'
    return { problem: problem('CONFIG_INVALID', { path: 'env_vars', reason }), warnings: [], isMissing: false }
  }
  const { problem: found, warnings } = check(
    { ...standIn, env_vars: Object.fromEntries([[row.name, row.value]]) },
    null,
  )
  return { problem: found, warnings, isMissing: row.name === '' }
}

interface Checked {
  readonly problem: Problem | null
  readonly config: EnvironmentConfig | null
  readonly warnings: readonly ConfigWarning[]
}

export function check(fields: unknown, cloud: ConfigCloud | null): Checked {
  try {
    return { problem: null, ...checkEnvironmentConfig(fields, cloud) }
  } catch (error) {
    if (isProblem(error)) return { problem: error, config: null, warnings: [] }
    throw error
  }
}
