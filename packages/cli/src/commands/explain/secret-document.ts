/** `fairlead explain secret-document`: is this a well-formed secret? Shows username, server and ignored keys, never the password. */
import { explainSecretDocument } from '@fairlead/credential-path/explain'
import { keepMemoryOutOfCores } from '@fairlead/credential-path/process/core-dump-filter'
import { Problem } from '@fairlead/contract/problems'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblem } from '../../terminal/problem-text.ts'
import { formatDetails } from '../../terminal/table.ts'
import { UsageError } from '../../usage-error.ts'
import { giveAnswer, optionalTextOf, readVectorInput, type ExplainFlags } from './answer.ts'

export interface SecretDocumentFlags extends ExplainFlags {
  readonly fingerprint?: boolean
}

export default async function secretDocument(
  this: CliContext,
  flags: SecretDocumentFlags,
  file?: string,
): Promise<void> {
  keepMemoryOutOfCores()
  const answer = explainSecretDocument(await readDocument(this, flags, file), {
    fingerprint: flags.fingerprint ?? false,
  })
  const { ok } = answer
  if (ok === undefined) {
    const found = new Problem(answer.error ?? 'SECRET_NOT_JSON', { field: answer.field ?? '' }, [])
    const text = formatProblem(found, paintFor(this.stderr, this.env))
    return giveAnswer(this, flags, { verdict: 'malformed', json: answer, text })
  }
  const text = formatDetails(
    [
      ['username', ok.username],
      ['password', 'present, not shown'],
      ['server', ok.server],
      ['ignored keys', ok.ignoredKeys.join(', ') || 'none'],
      ['SHA-256 of the password', ok.passwordSha256 ?? null],
    ],
    paintFor(this.stdout, this.env),
  )
  giveAnswer(this, flags, { verdict: 'yes', json: answer, text })
}

/** More than any secret manager holds, so that an oversized document is reported as oversized. */
const largestDocument = 4 * largestConfig

async function readDocument(context: CliContext, flags: SecretDocumentFlags, file?: string): Promise<Uint8Array> {
  const input = await readVectorInput(context, flags)
  if (input === null) {
    if (file !== undefined) return readInput(context, file, largestDocument)
    throw new UsageError('FILE is missing; - reads standard input', 'fairlead explain secret-document')
  }
  const binary = optionalTextOf(input, 'secretBinary')
  if (binary !== undefined) return Buffer.from(binary, 'base64')
  const text = optionalTextOf(input, 'secretString') ?? joinParts(input)
  return new TextEncoder().encode(text)
}

/** `secretParts`: strings, and `{repeat, count}` for long text. */
function joinParts(input: object): string {
  const parts: unknown = 'secretParts' in input ? input.secretParts : null
  if (!Array.isArray(parts)) {
    const needed = 'the input needs secretString, secretBinary or secretParts'
    throw new UsageError(needed, 'fairlead explain secret-document')
  }
  return parts.map(textOfPart).join('').slice(0, largestDocument)
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part
  if (typeof part === 'object' && part !== null && 'repeat' in part && 'count' in part) {
    const { repeat, count } = part
    if (typeof repeat === 'string' && typeof count === 'number' && count >= 0 && count <= largestDocument) {
      return repeat.slice(0, 64).repeat(count)
    }
  }
  throw new UsageError('a part is text, or {repeat, count}', 'fairlead explain secret-document')
}
