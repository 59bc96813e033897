/** What the loader reads in a 64-bit ELF program: which libraries, which of their functions (System V ABI, chapter 5, and GNU's versions). */

const tag = {
  needed: 1n,
  pltSize: 2n,
  strings: 5n,
  symbols: 6n,
  plt: 23n,
  versions: 0x6ffffff0n,
  neededVersions: 0x6ffffffen,
}
const kind = { load: 1, dynamic: 2 }
const executable = 1

interface Entry {
  /** Where it stands in the file; its value 8 bytes further. */
  readonly at: number
  readonly tag: bigint
  readonly value: bigint
}

/** A function of a library, through the table of procedures. */
interface Relocation {
  readonly at: number
  readonly name: string
  /** The number of its version in this program. */
  readonly version: number
}

export function readElf(program: Buffer) {
  const segments = segmentsOf(program)
  const dynamic = segments.find((segment) => segment.kind === kind.dynamic)
  if (dynamic === undefined) throw new Error('the program has no dynamic section')
  const entries: Entry[] = []
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    entries.push({ at, tag: program.readBigUInt64LE(at), value: program.readBigUInt64LE(at + 8) })
  }
  const valueOf = (wanted: bigint): bigint => {
    const found = entries.find((entry) => entry.tag === wanted)
    if (found === undefined) throw new Error(`the program's dynamic section has no entry ${wanted}`)
    return found.value
  }
  const placeOf = (wanted: bigint): number => {
    const address = Number(valueOf(wanted))
    const segment = segments.find(
      (it) => it.kind === kind.load && address >= it.address && address < it.address + it.size,
    )
    if (segment === undefined) throw new Error('an address of the program is in none of its segments')
    return address - segment.address + segment.offset
  }
  const text = (offset: number): string => {
    const start = placeOf(tag.strings) + offset
    return program.toString('latin1', start, program.indexOf(0, start))
  }
  return {
    needed: (library: string) =>
      entries.find((entry) => entry.tag === tag.needed && text(Number(entry.value)) === library),

    /** Where it stands which versions of a library are needed: the library, how many, and the first of them. */
    neededVersion(library: string): { readonly at: number; readonly count: number; readonly first: number } {
      let at = placeOf(tag.neededVersions)
      while (text(program.readUInt32LE(at + 4)) !== library) {
        const next = program.readUInt32LE(at + 12)
        if (next === 0) throw new Error(`the program needs no version of ${library}`)
        at += next
      }
      return { at, count: program.readUInt16LE(at + 2), first: at + program.readUInt32LE(at + 8) }
    },

    relocations(): readonly Relocation[] {
      const [start, symbols, versions] = [placeOf(tag.plt), placeOf(tag.symbols), placeOf(tag.versions)]
      return Array.from({ length: Number(valueOf(tag.pltSize)) / 24 }, (_, index) => {
        const at = start + 24 * index
        const symbol = program.readUInt32LE(at + 12)
        const version = program.readUInt16LE(versions + 2 * symbol) & 0x7fff
        return { at, name: text(program.readUInt32LE(symbols + 24 * symbol)), version }
      })
    },

    /** Into the rest of the last page of the program's own code; gives its address. */
    addCode(code: Buffer): bigint {
      const own = segments.find((segment) => segment.kind === kind.load && (segment.flags & executable) !== 0)
      if (own === undefined) throw new Error('the program has no code')
      const end = Math.ceil((own.offset + own.size) / 16) * 16
      const limit = Math.min(
        Math.ceil(end / 4096) * 4096,
        ...segments.map(({ offset }) => offset).filter((offset) => offset >= own.offset + own.size),
      )
      if (end + code.length > limit) throw new Error('the last page of the program’s code is full')
      code.copy(program, end)
      const size = BigInt(end + code.length - own.offset)
      program.writeBigUInt64LE(size, own.at + 0x20)
      program.writeBigUInt64LE(size, own.at + 0x28)
      return BigInt(own.address + end - own.offset)
    },
  }
}

function segmentsOf(program: Buffer) {
  const [start, size] = [Number(program.readBigUInt64LE(0x20)), program.readUInt16LE(0x36)]
  return Array.from({ length: program.readUInt16LE(0x38) }, (_, index) => {
    const at = start + index * size
    return {
      at,
      kind: program.readUInt32LE(at),
      flags: program.readUInt32LE(at + 4),
      offset: Number(program.readBigUInt64LE(at + 0x08)),
      address: Number(program.readBigUInt64LE(at + 0x10)),
      size: Number(program.readBigUInt64LE(at + 0x20)),
    }
  })
}
