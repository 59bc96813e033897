/** A page of the documentation site. */
export interface GeneratedPage {
  /** On the site, without `.md`. */
  readonly path: string
  readonly text: string
}

export interface SitePage extends GeneratedPage {
  /** In the repository; null: generated. */
  readonly source: string | null
}
