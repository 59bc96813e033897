/**
 * A page of the documentation: a link if this console was built with the site's address (VITE_DOCS_URL). Without one there is no address that is
 * sure to answer, so it names the file in the sources.
 */
import { Anchor } from '@mantine/core'

const site: unknown = import.meta.env['VITE_DOCS_URL']

/** The address of a page, such as `nodes` or `problems#secret_not_found`; null: this console knows no site. */
export function docsAddress(page: string): string | null {
  return typeof site === 'string' && site.startsWith('https://') ? `${site.replace(/\/$/, '')}/${page}` : null
}

export function DocsLink({ page, children }: { page: string; children: string }) {
  const address = docsAddress(page)
  if (address === null) {
    return (
      <span className="quiet">
        {children}: <span className="mono">docs/{page}.md</span> in the sources
      </span>
    )
  }
  return (
    <Anchor size="sm" href={address} target="_blank" rel="noreferrer">
      {children}
    </Anchor>
  )
}
