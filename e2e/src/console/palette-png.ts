/** A picture of a page in at most 256 colours: less than half as large, with no visible difference. */
import { decode, encode } from 'fast-png'

const mostColours = 256

/** `png`: eight bits per channel and opaque, as in a browser's screenshot. */
export function palettePng(png: Uint8Array): Uint8Array {
  const { width, height, data, channels, depth } = decode(png)
  if (depth !== 8 || channels < 3) throw new TypeError('a screenshot has red, green and blue, of eight bits each')
  const pixels = new Uint32Array(width * height)
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const at = pixel * channels
    pixels[pixel] = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0)
  }
  const { palette, indexOf } = paletteOf(pixels)
  const indexes = Uint8Array.from(pixels, (colour) => indexOf.get(colour) ?? 0)
  return encode(
    { width, height, data: indexes, channels: 1, depth: 8, palette: palette.map(partsOf) },
    { zlib: { level: 9 } },
  )
}

type Parts = [red: number, green: number, blue: number]

/** One colour at a time: always the one whose pixels would be furthest off in total, so a rare colour keeps its place among the letters' shades. */
function paletteOf(pixels: Uint32Array): { readonly palette: number[]; readonly indexOf: ReadonlyMap<number, number> } {
  const counts = new Map<number, number>()
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const colours = [...counts].map(([colour, count]) => ({
    colour,
    count,
    parts: partsOf(colour),
    nearest: 0,
    distance: Number.POSITIVE_INFINITY,
  }))
  const palette: number[] = []
  while (palette.length < mostColours) {
    let worst = colours[0]
    for (const one of colours) if (worst === undefined || harmOf(one) > harmOf(worst)) worst = one
    if (worst === undefined || worst.distance === 0) break
    for (const one of colours) {
      const distance = distanceOf(one.parts, worst.parts)
      if (distance < one.distance) [one.nearest, one.distance] = [palette.length, distance]
    }
    palette.push(worst.colour)
  }
  return { palette, indexOf: new Map(colours.map(({ colour, nearest }) => [colour, nearest])) }
}

/** Before the first choice, the most frequent colour. */
function harmOf({ count, distance }: { readonly count: number; readonly distance: number }): number {
  return count * Math.min(distance, 3 * 255 ** 2)
}

const partsOf = (colour: number): Parts => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]

function distanceOf(a: Parts, b: Parts): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2
}
