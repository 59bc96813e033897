/** What a guide tells its readers to type, taken from the page itself: its indented commands, and its fenced settings. Pure. */

/** The indented lines below a heading, up to the next one; not those within a fence. */
export function commandsOf(page: string, heading: string): string {
  let isFenced = false
  const lines = sectionOf(page, heading).flatMap((line) => {
    if (isFence(line)) isFenced = !isFenced
    return isFenced ? [] : (/^ {4}.*\S.*$/.exec(line)?.[0].trimStart() ?? [])
  })
  if (lines.length === 0) throw new Error(`the guide has no commands below ${heading}`)
  return lines.join('\n')
}

/** The first fenced block below a heading. */
export function settingsOf(page: string, heading: string): string {
  const lines = sectionOf(page, heading)
  const start = lines.findIndex(isFence)
  const end = lines.findIndex((line, index) => index > start && isFence(line))
  if (start === -1 || end === -1) throw new Error(`the guide has no settings below ${heading}`)
  return lines.slice(start + 1, end).join('\n')
}

const isFence = (line: string): boolean => line.trimStart().startsWith('```')

function sectionOf(page: string, heading: string): readonly string[] {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  const rest = start === -1 ? [] : lines.slice(start + 1)
  const end = rest.findIndex((line) => /^#{1,6} /.test(line))
  return end === -1 ? rest : rest.slice(0, end)
}
