/** What a pull record says, in few words. Pure. */
import { effectiveTag, parseImageReference } from '@fairlead/contract/names'
import { isProblem, printableInFull, problems, type ProblemCode } from '@fairlead/contract/problems'
import { type PullPurpose, type PullRecord } from '@fairlead/contract/wire'
import { engineName, isThroughDoor } from '../../credential-path/engine-words.ts'
import { shortDigest } from '../../ui/units.ts'

export const purposeWords: Record<PullPurpose, string> = {
  cluster: 'cluster',
  check: 'check',
  once: 'by hand',
  door: 'door',
  prefetch: 'prefetch',
}

/** In a table. */
export function purposeText(record: Pick<PullRecord, 'purpose' | 'engine'>): string {
  const words = purposeWords[record.purpose]
  return isThroughDoor(record) ? `${words}, ${engineName(record)}` : words
}

export function purposeSentence(record: Pick<PullRecord, 'purpose' | 'engine'>): string {
  switch (record.purpose) {
    case 'cluster':
      return 'the start of a cluster'
    case 'check':
      return 'the check of a build, which pulls nothing'
    case 'once':
      return 'a person: fairlead pull, run on the node'
    case 'prefetch':
      return 'an idle node, which brought the image of a build before a cluster needs it'
    case 'door':
    default:
      return `${engineName(record)} on the node, which pulled through its door`
  }
}

export interface ImageWords {
  readonly registry: string
  readonly repository: string
  /** `:tag`, or `@` and the beginning of the digest. */
  readonly version: string
}

/** Null if the node could not read the name and therefore did not report it. */
export function imageWords({ image, registry, repository, digest }: PullRecord): ImageWords | null {
  if (registry === '' || repository === '') return null
  const tag = tagOf(image)
  const version = tag !== null ? `:${tag}` : digest === null ? '' : `@${shortDigest(digest)}`
  return {
    registry: printableInFull(registry),
    repository: printableInFull(repository),
    version: printableInFull(version),
  }
}

function tagOf(image: string): string | null {
  try {
    return effectiveTag(parseImageReference(image))
  } catch (error) {
    if (!isProblem(error)) throw error
    return null
  }
}

/** The last part of the repository and the version: enough to distinguish pulls in a title. */
export function imageTitle(record: PullRecord): string {
  const words = imageWords(record)
  if (words === null) return 'an image whose name could not be read'
  return `${words.repository.split('/').at(-1) ?? ''}${words.version}`
}

const nodesOwnStatus = 424

/** Codes that a pull can end with: first those of these records, then all others. */
export function codeChoices(records: readonly PullRecord[], chosen: ProblemCode | undefined) {
  const seen = new Set<ProblemCode>(chosen === undefined ? [] : [chosen])
  for (const { code } of records) if (code !== null) seen.add(code)
  const all = (Object.keys(problems) as ProblemCode[]).filter(
    (code) => problems[code].status === nodesOwnStatus || endsAnything.has(code),
  )
  return { seen: [...seen].toSorted(), others: all.filter((code) => !seen.has(code)).toSorted() }
}

const endsAnything: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'IMAGE_REF_INVALID',
  'SECRET_REF_INVALID',
  'REFERENCE_LOOKS_LIKE_A_SECRET',
  'DOOR_NOT_OPEN',
  'INTERRUPTED',
  'INTERNAL',
])
