/** The differences between two builds, field by field. Pure. */
import type { Build } from '@fairlead/contract/wire'

/** `unknown`: a viewer sees no values, so those of a variable cannot be compared. */
export type Difference = 'same' | 'changed' | 'added' | 'removed' | 'unknown'

export interface DiffRow {
  readonly field: string
  readonly older: string | null
  readonly newer: string | null
  readonly difference: Difference
}

type Value = string | null | undefined

/** Null: present, but not shown. Undefined: absent. */
const hidden = 'not shown to your role'

export function diffBuilds(older: Build, newer: Build): DiffRow[] {
  const names = [...new Set([...Object.keys(older.env_vars), ...Object.keys(newer.env_vars)])].toSorted()
  return [
    row('Docker image', older.docker_image_name, newer.docker_image_name),
    row('Ray version', older.ray_version, newer.ray_version),
    row('Registry login secret', older.registry_login_secret ?? undefined, newer.registry_login_secret ?? undefined),
    ...names.map((name) => row(`env ${name}`, own(older.env_vars, name), own(newer.env_vars, name))),
    row('Digest', older.digest ?? undefined, newer.digest ?? undefined),
    row('Platform', older.platform ?? undefined, newer.platform ?? undefined),
  ]
}

function row(field: string, older: Value, newer: Value): DiffRow {
  return { field, older: shown(older), newer: shown(newer), difference: differenceOf(older, newer) }
}

function differenceOf(older: Value, newer: Value): Difference {
  if (older === undefined) return newer === undefined ? 'same' : 'added'
  if (newer === undefined) return 'removed'
  if (older === null || newer === null) return 'unknown'
  return older === newer ? 'same' : 'changed'
}

function shown(value: Value): string | null {
  if (value === undefined) return null
  return value ?? hidden
}

function own(vars: Readonly<Record<string, string | null>>, name: string): Value {
  return Object.hasOwn(vars, name) ? vars[name] : undefined
}
