/** A page of the documentation: a link if this console was built with its address (VITE_DOCS_URL), else the file's name in the sources. */
import { Anchor } from '@mantine/core'

const site: unknown = import.meta.env['VITE_DOCS_URL']

export function DocsLink({ page, children }: { page: string; children: string }) {
  if (typeof site !== 'string' || site === '') {
    return (
      <span className="quiet">
        {children}: <span className="mono">docs/{page}.md</span>
      </span>
    )
  }
  return (
    <Anchor size="sm" href={`${site.replace(/\/$/, '')}/${page}`} target="_blank" rel="noreferrer">
      {children}
    </Anchor>
  )
}
