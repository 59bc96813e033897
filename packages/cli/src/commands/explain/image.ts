/** `fairlead explain image`: how a name is parsed, and with --server whether a secret with this server would be used for it. */
import {
  effectiveTag,
  formatImageReference,
  matchServer,
  parseImageReference,
  registryOf,
  type ImageReference,
} from '@fairlead/contract/names'
import { isProblem, printable, type Problem } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblem } from '../../terminal/problem-text.ts'
import { formatDetails } from '../../terminal/table.ts'
import { UsageError } from '../../usage-error.ts'
import { giveAnswer, optionalTextOf, readVectorInput, textOf, type ExplainFlags } from './answer.ts'

export interface ImageFlags extends ExplainFlags {
  readonly server?: string
}

export default async function image(this: CliContext, flags: ImageFlags, name?: string): Promise<void> {
  const asked = await readAsked(this, flags, name)
  const read = parse(asked.image)
  if (asked.server === undefined) return explainName(this, flags, asked.image, read)
  explainMatch(this, flags, read, asked.server)
}

interface Asked {
  readonly image: string
  readonly server: string | undefined
}

async function readAsked(context: CliContext, flags: ImageFlags, name: string | undefined): Promise<Asked> {
  const input = await readVectorInput(context, flags)
  if (input === null) {
    if (name === undefined) throw new UsageError('IMAGE is missing', 'fairlead explain image')
    return { image: name, server: flags.server }
  }
  const server = optionalTextOf(input, 'server')
  return server === undefined
    ? { image: textOf(input, 'input'), server: flags.server }
    : { image: textOf(input, 'image'), server }
}

function parse(text: string): ImageReference | Problem {
  try {
    return parseImageReference(text)
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
}

function explainName(context: CliContext, flags: ImageFlags, typed: string, read: ImageReference | Problem): void {
  if (isProblem(read)) return malformed(context, flags, read, { error: read.code })
  const tag = effectiveTag(read)
  const json = {
    domain: read.domain,
    path: read.path,
    ...(read.tag !== null && { tag: read.tag }),
    ...(read.digest !== null && { digest: read.digest }),
    ...(tag !== null && { effectiveTag: tag }),
  }
  const paint = paintFor(context.stdout, context.env)
  const hostless = read.domain === 'docker.io' && !typed.startsWith('docker.io/')
  const text = `${paint.bold(printable(typed))}\n${formatDetails(
    [
      ['registry', hostless ? `${read.domain}  (the name has no host, which means Docker Hub)` : read.domain],
      ['repository', read.path],
      ['tag', read.tag ?? (tag === null ? null : `${tag}  (by default)`)],
      ['digest', read.digest],
      ['full name', formatImageReference(read)],
    ],
    paint,
  )}`
  giveAnswer(context, flags, { verdict: 'yes', json, text })
}

function explainMatch(context: CliContext, flags: ImageFlags, read: ImageReference | Problem, server: string): void {
  if (isProblem(read)) {
    const refused = matchServer(server, anyImage).malformed
    return malformed(context, flags, read, { match: false, ...(refused && { malformed: true }), error: read.code })
  }
  const { match, malformed: bad } = matchServer(server, read)
  const json = { match, ...(bad && { malformed: true }) }
  if (bad) {
    const text = `A secret with the server ${printable(server)} is never used: that is not a valid host name.\n`
    return giveAnswer(context, flags, { verdict: 'malformed', json, text })
  }
  const registry = registryName(read)
  const text = match
    ? `Yes: a secret with the server ${printable(server)} is used for ${printable(formatImageReference(read))}.\n`
    : `No: the image is on ${printable(registry)}, so a secret with the server ${printable(server)} is not used and nothing is sent.\n`
  giveAnswer(context, flags, { verdict: match ? 'yes' : 'refused', json, text })
}

/** A rejected server is rejected whatever the image. */
const anyImage = parseImageReference('any')

/** The registry's canonical name; a host outside the strict grammar matches nothing and keeps its own. */
function registryName(read: ImageReference): string {
  try {
    return registryOf(read).key
  } catch {
    return read.domain
  }
}

function malformed(context: CliContext, flags: ImageFlags, found: Problem, json: object): void {
  const text = formatProblem(found, paintFor(context.stderr, context.env))
  giveAnswer(context, flags, { verdict: 'malformed', json, text })
}
