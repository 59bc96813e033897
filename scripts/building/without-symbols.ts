/**
 * Removes from a 64-bit ELF program what only debuggers and linkers read: everything after its last loaded byte, and the table of
 * sections. That is a fifth of Node's file. Written here because `strip` knows one architecture and differs from machine to machine.
 */

/** Offsets in the header, and in an entry of the segment table (System V ABI, chapters 4 and 5). */
const header = {
  segments: 0x20,
  sections: 0x28,
  segmentSize: 0x36,
  segmentCount: 0x38,
  sectionCount: 0x3c,
  names: 0x3e,
}
const segment = { offset: 0x08, size: 0x20 }

export function withoutSymbols(program: Buffer): Buffer {
  if (program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2 || program[5] !== 1) {
    throw new Error('not a 64-bit little-endian ELF file')
  }
  const start = Number(program.readBigUInt64LE(header.segments))
  const size = program.readUInt16LE(header.segmentSize)
  const ends = Array.from({ length: program.readUInt16LE(header.segmentCount) }, (_, index) => {
    const at = start + index * size
    return Number(program.readBigUInt64LE(at + segment.offset) + program.readBigUInt64LE(at + segment.size))
  })
  const smaller = Buffer.from(program.subarray(0, Math.max(...ends)))
  smaller.writeBigUInt64LE(0n, header.sections)
  smaller.writeUInt16LE(0, header.sectionCount)
  smaller.writeUInt16LE(0, header.names)
  return smaller
}
