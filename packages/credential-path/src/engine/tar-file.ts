/** A tar archive (POSIX ustar) of one small file and its folder: the format in which Docker takes a file for a container. Pure. */

export interface ContainerFile {
  /** Absolute, with plain characters only; its folder is created if missing. */
  readonly path: string
  readonly content: string
  readonly mode: number
}

const block = 512
/** What fits into a header without an extension. */
const longestPath = 99

export function tarOf({ path, content, mode }: ContainerFile): Uint8Array {
  const name = path.slice(1)
  if (!/^\/(?:[a-z0-9-]+\/)+[a-z0-9-]+$/.test(path) || name.length > longestPath) {
    throw new TypeError('a file for a container has a short absolute path of plain characters')
  }
  const bytes = Buffer.from(content)
  const padding = Buffer.alloc((block - (bytes.length % block)) % block)
  const folder = header({ name: name.slice(0, name.lastIndexOf('/') + 1), mode: 0o755, size: 0, type: '5' })
  const file = header({ name, mode, size: bytes.length, type: '0' })
  return Buffer.concat([folder, file, bytes, padding, Buffer.alloc(2 * block)])
}

function header({ name, mode, size, type }: { name: string; mode: number; size: number; type: '0' | '5' }): Buffer {
  const text = Buffer.alloc(block)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  text.write(name, 0)
  text.write(octal(mode, 7), 100)
  text.write(octal(0, 7), 108) // root's
  text.write(octal(0, 7), 116)
  text.write(octal(size, 11), 124)
  text.write(octal(0, 11), 136) // a fixed time, so that equal files give equal archives
  text.write(' '.repeat(8), 148) // the checksum is computed with blanks in its place
  text.write(type, 156)
  text.write('ustar\x0000', 257)
  const sum = text.reduce((total, byte) => total + byte, 0)
  text.write(`${octal(sum, 6)} `, 148)
  return text
}
