/** What an ID identifies, by its prefix, and how it is shown if its name is unknown. Pure. */
const kinds = {
  cld: 'cloud',
  cenv: 'environment',
  bld: 'build',
  ses: 'cluster',
  node: 'node',
  tok: 'token',
  grn: 'grant',
  jtk: 'join token',
} as const

export type ResourceKind = (typeof kinds)[keyof typeof kinds]

export function kindOfId(id: string): ResourceKind | null {
  const prefix = id.slice(0, id.indexOf('_'))
  return Object.hasOwn(kinds, prefix) ? kinds[prefix as keyof typeof kinds] : null
}

/** Enough of an ID to distinguish it from similar ones: `…k235w`. */
export function shortId(id: string): string {
  return `…${id.slice(-5)}`
}
