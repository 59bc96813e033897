/** Which build of an image a node runs: operating system, architecture and variant, as the engine itself would choose. */
import { manifestTypes, type IndexEntry } from './manifest.ts'

export interface NodePlatform {
  readonly os: string
  readonly arch: string
  readonly variant: string | null
}

/** The variants that run on this kind of machine, best first; the empty string means that none is named. */
export function acceptableVariants({ arch, variant }: NodePlatform): readonly string[] {
  if (arch === 'arm64') return ['v8', '', '8']
  if (arch === 'amd64') return ['', 'v1']
  if (arch !== 'arm') return [variant ?? '', '']
  const newest = Number(/^v?([5-8])$/.exec(variant ?? 'v7')?.[1] ?? 7)
  return [...Array.from({ length: newest - 4 }, (_, index) => `v${newest - index}`), '']
}

export function runsOn(image: NodePlatform, node: NodePlatform): boolean {
  return image.os === node.os && image.arch === node.arch && acceptableVariants(node).includes(image.variant ?? '')
}

/** The entry the node runs; among equals the first, as engines choose. Nested indexes and other artifacts are skipped. */
export function chooseEntry(entries: readonly IndexEntry[], node: NodePlatform): IndexEntry | null {
  const images = entries.filter(({ mediaType }) => (manifestTypes.image as readonly string[]).includes(mediaType))
  const rank = ({ platform }: IndexEntry) =>
    platform && runsOn(platform, node) ? acceptableVariants(node).indexOf(platform.variant ?? '') : Infinity
  return images.reduce<IndexEntry | null>((best, entry) => {
    if (rank(entry) === Infinity) return best
    return best === null || rank(entry) < rank(best) ? entry : best
  }, null)
}

/** `os/arch[/variant]`. */
export function formatPlatform({ os, arch, variant }: NodePlatform): string {
  return variant === null || variant === '' ? `${os}/${arch}` : `${os}/${arch}/${variant}`
}
