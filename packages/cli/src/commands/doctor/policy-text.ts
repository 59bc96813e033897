/** The policy in force, in words: one entry a line, so that a narrow terminal cuts nothing; defaults are dimmed. */
import type { PolicySetting } from '@fairlead/agent'
import { printable, printableText } from '@fairlead/contract/problems'
import type { Paint } from '../../terminal/paint.ts'
import { formatBytes } from '../../terminal/units.ts'

export function policyText(settings: readonly PolicySetting[], paint: Paint): string {
  const width = Math.max(...settings.map(({ name }) => name.length))
  return settings
    .flatMap(({ name, value, from }) => {
      const entries = entriesOf(name, value).map(printableText)
      const lines = entries.map((entry, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${entry}`)
      return from === 'file' ? lines : lines.map((line) => paint.dim(`${line} (default)`))
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** What a missing setting means. */
const absent: Readonly<Record<string, string>> = {
  allowed_registries: 'all',
  allowed_secrets: 'all',
  secret_manager_ca: "the system's authorities",
  'containers.shm_size': "Docker's own",
}

function entriesOf(name: string, value: unknown): readonly string[] {
  if (value === null || value === undefined) return [absent[name] ?? 'none']
  if (typeof value === 'boolean') return [value ? 'yes' : 'no']
  if (typeof value === 'number') return [name.endsWith('_bytes') ? formatBytes(value) : String(value)]
  if (typeof value === 'string') return [value]
  const entries = Array.isArray(value) ? value.map(entryText) : Object.entries(value).map(pairText)
  return entries.length === 0 ? ['none'] : entries
}

const pairText = ([key, value]: [string, unknown]) =>
  `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`

interface Entry {
  readonly registry?: string
  readonly realm?: string
  readonly reference?: string
  readonly registries?: readonly string[]
  readonly source?: string
  readonly target?: string
  readonly read_only?: boolean
}

function entryText(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return printable(String(entry))
  const { registry, realm, reference, registries, source, target, read_only: readOnly }: Entry = entry
  if (realm !== undefined) return `${registry} may use the realm ${realm}`
  if (reference !== undefined) return `${reference} for ${registries?.join(', ') ?? 'any registry'}`
  if (source !== undefined) return `${source} at ${target}${readOnly ? ', read only' : ''}`
  return JSON.stringify(entry)
}
