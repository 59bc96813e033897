/** Image references, read exactly as distribution/reference reads them. */

export interface ImageReference {
  /** Registry host[:port], case kept, such as `docker.io` or `127.0.0.1:5000`. */
  readonly domain: string
  /** Repository, such as `library/ubuntu`. */
  readonly path: string
  readonly tag: string | null
  readonly digest: string | null
}
