/**
 * The operator's file that says who may sign in. Whoever can write it can make themselves an administrator, so nobody but its owner may; the
 * client's secret is in a file of its own, which is read at the start.
 */
import { fieldPath, placeOf, reasonOf } from '@fairlead/credential-path/policy/field-fault'
import { readStrictYaml } from '@fairlead/credential-path/policy/strict-yaml'
import { SignInSettings } from '@fairlead/control-plane'
import { problem, type Problem } from '@fairlead/contract/problems'
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Document } from 'yaml'
import type { core } from 'zod'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'

export interface SignInFile {
  /** Without the secret. */
  readonly settings: SignInSettings
  /** As it is written there; null: a public client. */
  readonly secretFile: string | null
}

const largestSecret = 4096
const writableByOthers = 0o022
const readableByAnybody = 0o007

export interface ReadSignInFile {
  readonly path: string
  readonly settings: SignInSettings
  /** The file of the client's secret, if it is named by a path beside this one. */
  readonly secretBeside: string | null
}

/** Throws CONFIG_FILE_UNREADABLE, FILE_TOO_LARGE or SIGN_IN_FILE_INVALID. */
export async function readSignInFile(context: CliContext, file: string): Promise<ReadSignInFile> {
  const path = resolve(context.cwd, file)
  await requireMode(path, writableByOthers, 'others can write it, and so give themselves access; run chmod 0644 on it')
  const text = new TextDecoder().decode(await readInput(context, path, largestConfig))
  const { settings, secretFile } = parseSignInFile(text, path)
  if (settings.people === undefined || secretFile === null) return { path, settings, secretBeside: null }
  const secret = await readSecret(context, resolve(dirname(path), secretFile))
  const whole = { ...settings, people: { ...settings.people, client_secret: secret } }
  return { path, settings: whole, secretBeside: isAbsolute(secretFile) ? null : secretFile }
}

export function parseSignInFile(text: string, path: string): SignInFile {
  const refuse = (reason: string): Problem => problem('SIGN_IN_FILE_INVALID', { path, reason })
  const { document, value } = readStrictYaml(text, refuse)
  if (document.hasIn(['people', 'client_secret'])) {
    const line = lineOf(['people', 'client_secret'], document, text)
    throw refuse(`line ${line}: people.client_secret: the secret belongs in a file of its own: client_secret_file`)
  }
  const { settings, secretFile } = withoutSecretFile(value)
  const parsed = SignInSettings.safeParse(settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refuse(issue === undefined ? 'it is not valid' : faultOf(issue, document, text))
  }
  if (secretFile !== null && (typeof secretFile !== 'string' || secretFile === '')) {
    throw refuse('people.client_secret_file: it must be the path of a file')
  }
  return { settings: parsed.data, secretFile }
}

/** The control plane knows the secret, not where it is. */
function withoutSecretFile(value: unknown): { settings: unknown; secretFile: unknown } {
  const file: object = typeof value === 'object' && value !== null ? value : {}
  const people = 'people' in file ? file.people : undefined
  if (typeof people !== 'object' || people === null) return { settings: value ?? {}, secretFile: null }
  const { client_secret_file: secretFile = null, ...rest } = people as Record<string, unknown>
  return { settings: { ...file, people: { ...rest, client_secret: null } }, secretFile }
}

function faultOf(issue: core.$ZodIssue, document: Document, text: string): string {
  const reason = issue.code === 'custom' ? issue.message : reasonOf(issue, ['people', 'programs'])
  const place = fieldPath(issue)
  return place === '' ? reason : `line ${lineOf(placeOf(issue), document, text)}: ${place}: ${reason}`
}

/** Of the field, or of what it is missing in. */
function lineOf(place: readonly PropertyKey[], document: Document, text: string): number {
  for (let length = place.length; length > 0; length--) {
    const node: unknown = document.getIn(place.slice(0, length), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null
    if (Array.isArray(range)) return text.slice(0, Number(range[0])).split('\n').length
  }
  return 1
}

async function readSecret(context: CliContext, path: string): Promise<string> {
  const advice =
    'any user of this machine can read it; run chmod 0640 on it, and make a new secret if somebody may have read it'
  await requireMode(path, readableByAnybody, advice)
  const secret = new TextDecoder().decode(await readInput(context, path, largestSecret)).trim()
  if (/^[\x21-\x7e]{1,1024}$/.test(secret)) return secret
  throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'it does not hold the client secret alone, on one line' })
}

async function requireMode(path: string, forbidden: number, reason: string): Promise<void> {
  const mode = (await stat(path).catch(() => null))?.mode ?? 0
  if ((mode & forbidden) !== 0) throw problem('CONFIG_FILE_UNREADABLE', { path, reason })
}
