/** What the site reads in a page: its title, headings and links, outside code. Pure. */
import { slug } from './contents.ts'

export interface Link {
  /** What is between the brackets. */
  readonly text: string
  readonly target: string
  readonly isImage: boolean
}

const fence = /^\s*(?:```|~~~)/
const link = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g

/** Calls `change` with each line of prose, that is, neither in a fence nor indented as code. */
export function mapProse(page: string, change: (line: string) => string): string {
  let isFenced = false
  let wasBlank = true
  return page
    .split('\n')
    .map((line) => {
      if (fence.test(line)) isFenced = !isFenced
      const isCode = isFenced || fence.test(line) || (/^(?: {4}|\t)/.test(line) && wasBlank)
      wasBlank = line.trim() === '' || (isCode && wasBlank)
      return isCode ? line : change(line)
    })
    .join('\n')
}

/** Replaces each link, outside `code`; null keeps it. */
export function mapLinks(page: string, change: (link: Link) => string | null): string {
  return mapProse(page, (line) =>
    line.replaceAll(link, (whole, bang: string, text: string, target: string, at: number) => {
      const before = line.slice(0, at)
      const isInCode = (before.match(/`/g)?.length ?? 0) % 2 === 1
      if (isInCode) return whole
      return change({ text, target, isImage: bang === '!' }) ?? whole
    }),
  )
}

/** The first heading, without marks. */
export function titleOf(page: string): string | null {
  const [, title] = /^# (.+)$/m.exec(page) ?? []
  return title === undefined ? null : plain(title)
}

/** The ids of the headings; a repeated one gets a number, as on GitHub. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  mapProse(page, (line) => {
    const [, heading] = /^#{1,6} (.+)$/.exec(line) ?? []
    if (heading === undefined) return line
    const id = slug(plain(heading))
    let unique = id
    for (let count = 1; anchors.has(unique); count += 1) unique = `${id}-${count}`
    anchors.add(unique)
    return line
  })
  return anchors
}

const plain = (heading: string): string =>
  heading
    .replaceAll('`', '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[*_]{2}/g, '')
