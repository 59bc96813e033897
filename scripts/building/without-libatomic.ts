/**
 * Node 26 takes one function from libatomic, which most machines do not have, and V8 calls it for 8 bytes at a time: one instruction of
 * the processor. That instruction is put behind the program's own, and the loader is told of it instead of the library.
 */
import type { Architecture } from './node-binary.ts'
import { readElf } from './dynamic-elf.ts'

/** As compilers call it: `bool __atomic_compare_exchange(size, object, expected, desired, …)`. Another size than 8 ends the program. */
const compareExchange: Readonly<Record<Architecture, Buffer>> = {
  x64: Buffer.from(
    [
      '4883ff08', // cmp  rdi, 8
      '7514', //     jne  26
      '488b02', //   mov  rax, [rdx]
      '4c8b11', //   mov  r10, [rcx]
      'f04c0fb116', // lock cmpxchg [rsi], r10
      '7403', //     je   22
      '488902', //   mov  [rdx], rax
      '0f94c0', //   sete al
      'c3', //       ret
      '0f0b', //     ud2
    ].join(''),
    'hex',
  ),
  arm64: words([
    0xd503245f, // bti   c
    0xf100201f, // cmp   x0, #8
    0x540001c1, // b.ne  64
    0xf9400048, // ldr   x8, [x2]
    0xf9400069, // ldr   x9, [x3]
    0xc85ffc2a, // ldaxr x10, [x1]
    0xeb08015f, // cmp   x10, x8
    0x540000a1, // b.ne  48
    0xc80bfc29, // stlxr w11, x9, [x1]
    0x35ffff8b, // cbnz  w11, 20
    0x52800020, // mov   w0, #1
    0xd65f03c0, // ret
    0xd5033f5f, // clrex
    0xf900004a, // str   x10, [x2]
    0x52800000, // mov   w0, #0
    0xd65f03c0, // ret
    0x00000000, // udf
  ]),
}

const library = 'libatomic.so.1'
const itsFunction = '__atomic_compare_exchange'
/** A relocation of this kind is an address of the program itself: the loader looks no name up for it. */
const relative: Readonly<Record<Architecture, bigint>> = { x64: 8n, arm64: 1027n }

/** Changes the program in place. Fine where it does not need the library; throws where it needs more of it than is known here. */
export function withoutLibatomic(program: Buffer, architecture: Architecture): void {
  const elf = readElf(program)
  const unwanted = elf.needed(library)
  if (unwanted === undefined) return
  const instead = elf.needed('libc.so.6')
  if (instead === undefined) throw new Error('the program does not need libc.so.6')

  // Where a version of that library is asked for, one of libc's is, which is asked for anyway.
  const version = elf.neededVersion(library)
  const usual = elf.neededVersion('libc.so.6')
  if (version.count !== 1) throw new Error(`the program needs ${version.count} versions of ${library}`)
  program.writeUInt32LE(Number(instead.value), version.at + 4)
  program.writeUInt32LE(program.readUInt32LE(usual.first), version.first)
  program.writeUInt32LE(program.readUInt32LE(usual.first + 8), version.first + 8)
  program.writeBigUInt64LE(instead.value, unwanted.at + 8)

  const taken = elf.relocations().filter((entry) => entry.version === program.readUInt16LE(version.first + 6))
  const [only] = taken
  if (taken.length !== 1 || only?.name !== itsFunction) {
    throw new Error(`the program takes from ${library}: ${taken.map(({ name }) => name).join(', ')}`)
  }
  program.writeBigUInt64LE(relative[architecture], only.at + 8)
  program.writeBigUInt64LE(elf.addCode(compareExchange[architecture]), only.at + 16)
}

function words(instructions: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * instructions.length)
  for (const [index, instruction] of instructions.entries()) bytes.writeUInt32LE(instruction, 4 * index)
  return bytes
}
