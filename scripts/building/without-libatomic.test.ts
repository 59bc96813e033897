/** On the Node that runs this: the very program of which an executable is made. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readElf } from './dynamic-elf.ts'
import { withoutLibatomic } from './without-libatomic.ts'

const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
const node = readFileSync(process.execPath)

/** In pages of 4096 bytes. */
function changedPages(before: Buffer, after: Buffer): number {
  const pages = Array.from({ length: Math.ceil(before.length / 4096) }, (_, page) => [page * 4096, (page + 1) * 4096])
  return pages.filter(([from, to]) => !before.subarray(from, to).equals(after.subarray(from, to))).length
}

test('the loader asks for the library and its version no more, and little else is changed', () => {
  const after = Buffer.from(node)
  expect(readElf(node).needed('libatomic.so.1')).toBeDefined()
  withoutLibatomic(after, architecture)
  expect(readElf(after).needed('libatomic.so.1')).toBeUndefined()
  expect(() => readElf(after).neededVersion('libatomic.so.1')).toThrow('needs no version')
  // Header, versions, relocations, code, dynamic section.
  expect([after.length, changedPages(node, after)]).toEqual([node.length, 5])
})

test('a program that does not need it stays as it is', () => {
  const program = Buffer.from(node)
  withoutLibatomic(program, architecture)
  const again = Buffer.from(program)
  withoutLibatomic(again, architecture)
  expect(again.equals(program)).toBe(true)
})

test('a function of it that is not known here is refused by name', () => {
  const program = Buffer.from(node)
  const name = '__atomic_compare_exchange\0'
  program.write('__atomic_fetch_add_16', program.indexOf(name), 'latin1')
  expect(() => withoutLibatomic(program, architecture)).toThrow(/from libatomic\.so\.1: __atomic_fetch_add_16/)
})
