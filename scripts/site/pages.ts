/** The pages of the documentation site: those of docs/, the guides beside the code, and the reference, which is generated. */
import { globSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { textOf } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'
import { apiPage, apiTypesPage } from './api-pages.ts'
import { commandPage } from './command-page.ts'
import { clusterEnvironmentPage, ownersFilePage } from './file-pages.ts'
import { anchorsOf, mapLinks } from './markdown.ts'
import { pythonPage, typescriptPage } from './sdk-pages.ts'

export interface SitePage {
  /** On the site, without `.md`. */
  readonly path: string
  readonly text: string
}

/** Pages from outside docs/: their place on the site. */
const beside: Readonly<Record<string, string>> = {
  'packages/cli/README.md': 'reference/command-line',
  'packages/doors/src/kubelet/README.md': 'reference/kubelet-credential-provider',
  'packages/doors/src/docker-credential/README.md': 'reference/docker-credential-helper',
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'SECURITY.md': 'security',
}

/** Made from the code each time the site is built, and so never out of date. */
const generated: Readonly<Record<string, () => string>> = {
  'reference/commands': commandPage,
  'reference/cluster-environment': clusterEnvironmentPage,
  'reference/owners-file': ownersFilePage,
  'reference/python': pythonPage,
  'reference/typescript': typescriptPage,
  'reference/api': apiPage,
  'reference/api-types': apiTypesPage,
}

/** As they are in the repository, with the links of the repository. */
function sources(): ReadonlyMap<string, string> {
  const docs = globSync('docs/**/*.md', { cwd: root }).map((source) => [source, sitePath(source)] as const)
  return new Map([...docs, ...Object.entries(beside)])
}

function sitePath(source: string): string {
  return source
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index')
    .replace(/\.md$/, '')
}

/** Every page, with links that work on the site. */
export function sitePages(): readonly SitePage[] {
  const places = sources()
  const written = [...places].map(([source, path]) => ({ path, text: withSiteLinks(textOf(source), source, places) }))
  return [...written, ...Object.entries(generated).map(([path, make]) => ({ path, text: make() }))]
}

/** A link to a page of the site leads there; a file of the repository, which the site does not have, is named by its path. */
export function withSiteLinks(text: string, source: string, places: ReadonlyMap<string, string>): string {
  return mapLinks(text, ({ text, target, isImage }) => {
    if (isImage || /^(?:[a-z]+:|#|\/)/.test(target)) return null
    const [path = '', anchor] = target.split('#')
    const file = posix.join(dirname(source), path).replace(/\/$/, '')
    const place = places.get(file) ?? places.get(`${file}/README.md`) ?? (file === 'README.md' ? 'index' : undefined)
    if (place !== undefined) return `[${text}](/${place}.md${anchor === undefined ? '' : `#${anchor}`})`
    return text.replaceAll('`', '') === posix.basename(file) ? `\`${file}\`` : `${text} (\`${file}\`)`
  })
}

/** Links of the site that lead nowhere, as `page: target`. */
export function deadLinks(pages: readonly SitePage[]): readonly string[] {
  const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]))
  return pages.flatMap(({ path, text }) => {
    const dead: string[] = []
    mapLinks(text, ({ target, isImage }) => {
      const [, page, anchor] = /^(?:\/(\S+?)\.md)?(?:#(\S+))?$/.exec(target) ?? []
      const isOwn = target.startsWith('/') || target.startsWith('#')
      const found = anchors.get(page ?? path)
      if (!isImage && isOwn && !(found !== undefined && (anchor === undefined || found.has(anchor)))) {
        dead.push(`${path}: ${target}`)
      }
      return null
    })
    return dead
  })
}
