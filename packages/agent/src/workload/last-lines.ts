/** What containers print: without the values they were given, readable, and for failed ones stored on the node for its owner. */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { printable, problem } from '@fairlead/contract/problems'
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'

export interface FailedStart {
  /** The container's name. */
  readonly container: string
  /** When its lines were stored. */
  readonly at: Date
  /** Escaped, each cut at 200 characters. */
  readonly lines: readonly string[]
}

export interface LastLinesKept {
  /** Returns them as stored. */
  keep(container: string, text: string): Promise<readonly string[]>
}

export const linesKept = 200
const filesKept = 10
const suffix = '.log'

const folder = (stateDir: string) => join(stateDir, 'failed-starts')

export function lastLinesIn(stateDir: string): LastLinesKept {
  return {
    async keep(container, text) {
      await mkdir(folder(stateDir), { recursive: true, mode: 0o700 })
      const lines = readableLines(text).slice(-linesKept)
      await writeFileAtomically(join(folder(stateDir), `${container}${suffix}`), `${lines.join('\n')}\n`)
      const old = (await readFailedStarts(stateDir)).slice(filesKept)
      await Promise.all(old.map((start) => rm(join(folder(stateDir), `${start.container}${suffix}`), { force: true })))
      return lines
    },
  }
}

/** A shorter value says little, and occurs within words. */
const hiddenFrom = 6

/** With the name of each value in its place: a program may print its environment. */
export function withoutValues(text: string, values: Readonly<Record<string, string>>): string {
  const nameOf = new Map(
    Object.entries(values).flatMap(([name, value]) =>
      // Of a value with several lines, each is one of the output's lines, too.
      [value, ...value.split(/\r?\n/)].filter((part) => part.length >= hiddenFrom).map((part) => [part, name] as const),
    ),
  )
  if (nameOf.size === 0) return text
  const longestFirst = [...nameOf.keys()].toSorted((a, b) => b.length - a.length)
  const anyValue = new RegExp(longestFirst.map((part) => RegExp.escape(part)).join('|'), 'g')
  return text.replaceAll(anyValue, (part) => `[${nameOf.get(part)}]`)
}

export function readableLines(text: string): string[] {
  const printed = text.trimEnd()
  return printed === '' ? [] : printed.split(/\r?\n/).map(readable)
}

/** Removes colours and tabs, which are only clutter; escapes anything else a terminal would obey. */
function readable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape is what is looked for
  return printable(line.replaceAll(/\u001b\[[0-9;]{0,20}m/g, '').replaceAll('\t', '  '))
}

/** Newest first. Throws FILE_FORBIDDEN. */
export async function readFailedStarts(stateDir: string): Promise<readonly FailedStart[]> {
  const path = folder(stateDir)
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw problem('FILE_FORBIDDEN', { path })
    return []
  })
  const starts = await Promise.all(
    names
      .filter((name) => name.endsWith(suffix))
      .map(async (name): Promise<FailedStart> => {
        const file = join(path, name)
        const [text, { mtime }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
        return { container: name.slice(0, -suffix.length), at: mtime, lines: text.trimEnd().split('\n') }
      }),
  )
  return starts.toSorted((a, b) => b.at.getTime() - a.at.getTime())
}
