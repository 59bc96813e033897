/** Flags that many commands share. */
import type { FlagParametersForType } from '@stricli/core'
import type { CliContext } from './context.ts'

export interface JsonFlag {
  readonly json?: boolean
}

/** For a command that calls a control plane. */
export interface RemoteFlags extends JsonFlag {
  readonly host?: string
  readonly caFile?: string
}

export interface ListFlags extends RemoteFlags {
  readonly maxItems: number
}

export const jsonFlag: FlagParametersForType<JsonFlag, CliContext> = {
  json: switchFlag('Print the result, and any problem, as JSON'),
}

export const remoteFlags: FlagParametersForType<RemoteFlags, CliContext> = {
  ...jsonFlag,
  host: textFlag('URL', 'The control plane (FAIRLEAD_HOST)'),
  caFile: textFlag('FILE', 'PEM file with the CA of the control plane (FAIRLEAD_CA_FILE)'),
}

export const listFlags: FlagParametersForType<ListFlags, CliContext> = {
  maxItems: {
    kind: 'parsed',
    parse: wholeNumber(1, 100_000),
    default: '50',
    placeholder: 'N',
    brief: 'Maximum number of results',
  },
  ...remoteFlags,
}

/** `cloudName` as typed: `--cloud-name`. */
export function typedFlag(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** An optional flag that takes what `parse` makes of its text. */
export function parsedFlag<Value>(parse: (text: string) => Value, placeholder: string, brief: string) {
  return { kind: 'parsed', parse, optional: true, placeholder, brief } as const
}

/** An optional flag that takes text. */
export function textFlag(placeholder: string, brief: string) {
  return parsedFlag(String, placeholder, brief)
}

/** The same, as often as there are values. */
export function textsFlag(placeholder: string, brief: string) {
  return { ...textFlag(placeholder, brief), variadic: true } as const
}

/** An optional flag without a value. */
export function switchFlag(brief: string) {
  return { kind: 'boolean', optional: true, withNegated: false, brief } as const
}

/** An optional flag that may be negated. */
export function yesOrNoFlag(brief: string) {
  return { kind: 'boolean', optional: true, brief } as const
}

/** An optional flag that takes one of these. */
export function choiceFlag<const Values extends readonly string[]>(values: Values, brief: string) {
  return { kind: 'enum', values, optional: true, brief } as const
}

export function providerFlag(brief: string) {
  return choiceFlag(['aws', 'gcp', 'local'], brief)
}

/** `work` continues after it. */
export function timeoutFlag(work: string) {
  const brief = `Stop waiting after this many seconds (the ${work} continues)`
  return parsedFlag(wholeNumber(1, 86_400), 'SECONDS', brief)
}

/** The only argument of a command. */
export function oneArgument(placeholder: string, brief: string) {
  return { kind: 'tuple', parameters: [{ parse: String, placeholder, brief }] } as const
}

export function optionalArgument(placeholder: string, brief: string) {
  return { kind: 'tuple', parameters: [{ parse: String, placeholder, brief, optional: true }] } as const
}

export function manyArguments(placeholder: string, brief: string) {
  return { kind: 'array', parameter: { parse: String, placeholder, brief } } as const
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
    throw new Error(`expected a whole number from ${least} to ${most}`)
  }
}

/** A file or folder, with its default location. */
export function pathFlag(placeholder: string, standard: string, brief: string) {
  return { kind: 'parsed', parse: path, default: standard, placeholder, brief } as const
}

/** A variable of the shell that is not set would otherwise mean the folder that the command was started in. */
function path(text: string): string {
  if (text === '') throw new Error('expected a path, not an empty text')
  return text
}
