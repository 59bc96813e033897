import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mustRun } from '../../command.ts'
import { packLayer } from './pack-layer.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-layer-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function tree(name: string, names: string[]): Promise<string> {
  const root = join(folder, name)
  await mkdir(join(root, 'dev'), { recursive: true })
  for (const file of names) {
    await writeFile(join(root, file), `content of ${file}`)
    await utimes(join(root, file), Math.random() * 1e9, Math.random() * 1e9)
  }
  return root
}

test('the same files give the same bytes, whenever and in whatever order they were written', async () => {
  const [one, two] = [await tree('one', ['a', 'b', 'dev/x']), await tree('two', ['dev/x', 'b', 'a'])]
  const first = await packLayer({ root: one, blobs: folder, include: ['.'], exclude: [] })
  const second = await packLayer({ root: two, blobs: folder, include: ['.'], exclude: [] })
  expect(second).toEqual(first)
  expect((await readFile(join(folder, first.digest.slice(7)))).length).toBe(first.size)
})

test('an excluded folder stays, without its content', async () => {
  const root = await tree('one', ['a', 'dev/x'])
  const layer = await packLayer({ root, blobs: folder, include: ['.'], exclude: ['dev'] })
  const listing = await mustRun('tar', ['-tzf', join(folder, layer.digest.slice(7))])
  expect(listing.trim().split('\n')).toEqual(['./', './a', './dev/'])
})

test('a tree that cannot be read is an error, not a short layer', async () => {
  const layer = packLayer({ root: folder, blobs: folder, include: ['missing'], exclude: [] })
  await expect(layer).rejects.toThrow('tar ended with 2')
})
