/** The documentation site. `npm run docs` writes its pages to site/dist/pages, then builds it from them. */
import { sidebar, slug } from '../../scripts/site/contents.ts'
import { titlesOfPages } from '../../scripts/site/titles.ts'

const pages = 'dist/pages'

export default {
  title: 'Fairlead',
  description: 'Run Ray clusters from images in private registries, and keep the passwords where they belong',
  srcDir: pages,
  outDir: '../dist/docs',
  cacheDir: 'dist/cache',
  cleanUrls: true,
  // A page of dead links fails the build.
  ignoreDeadLinks: false,
  // Nothing is fetched from another host: search, fonts and icons are part of the site.
  metaChunk: true,
  markdown: {
    anchor: { slugify: slug },
    // Braces in a sentence are the facts of a problem, not attributes.
    attrs: { disable: true },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: sidebar(titlesOfPages(pages)),
    docFooter: { prev: false, next: false },
  },
  // The search index is one large part on purpose: it is loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 3000 } },
}
