/**
 * One line of a canary proof: a place that was searched, evidence that the search works there, and what it found. A
 * search that misses what is known to be there proves nothing, whatever else it misses.
 */
import type { Finding } from './secret-scan/find-forms.ts'
import { secretForms, type SecretForm } from './secret-scan/secret-forms.ts'

export interface CanaryRow {
  readonly place: string
  /** How much was searched: bytes, files, packets, samples. */
  readonly searched: string
  /** The positive control. */
  readonly control: { readonly what: string; readonly found: boolean }
  /** Secrets that must not be here; or they belong here, and are themselves the control. */
  readonly findings: readonly Finding[] | 'belong there'
}

/** A value to look for, and its name in the proof. */
export interface Sought {
  readonly name: string
  readonly value: string
}

const controlName = 'control'

/** The secrets of a run, and a value known to be in this place: one search finds both. */
export function canaryForms(secrets: readonly Sought[], control: string): SecretForm[] {
  return [...secrets, { name: controlName, value: control }].flatMap(({ name, value }) =>
    secretForms(value).map((form) => ({ name: `${name} (${form.name})`, bytes: form.bytes })),
  )
}

/** The line for a place that must not hold secrets, from the result of a search with `canaryForms`. */
export function cleanPlace(
  { place, searched, control }: { place: string; searched: string; control: string },
  findings: readonly Finding[],
): CanaryRow & { findings: readonly Finding[] } {
  const isControl = ({ form }: Finding): boolean => form.startsWith(`${controlName} (`)
  return {
    place,
    searched,
    control: { what: control, found: findings.some(isControl) },
    findings: findings.filter((finding) => !isControl(finding)),
  }
}

export function rowHolds({ control, findings }: CanaryRow): boolean {
  return control.found && (findings === 'belong there' || findings.length === 0)
}
