import { mkdir, mkdtemp, mkdtempDisposable, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replaceEntries, replaceFolder } from './replace-folder.ts'

describe('replaceFolder', () => {
  let place = ''
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'replace-folder-'))
  })
  afterEach(() => rm(place, { recursive: true }))

  const fillWith = (text: string) => (fresh: string) => writeFile(join(fresh, 'program'), text)

  test('removes the old files and leaves nothing else', async () => {
    const folder = join(place, 'dist')
    await mkdir(folder)
    await writeFile(join(folder, 'former'), '')
    await replaceFolder(folder, fillWith('new'))
    expect(await readdir(folder)).toEqual(['program'])
    expect(await readdir(place)).toEqual(['dist'])
  })

  test('creates a missing folder with its parents', async () => {
    const folder = join(place, 'above', 'dist')
    await replaceFolder(folder, fillWith('new'))
    expect(await readFile(join(folder, 'program'), 'utf8')).toBe('new')
  })

  test('keeps the last build when one fails', async () => {
    const folder = join(place, 'dist')
    await replaceFolder(folder, fillWith('last'))
    const failing = replaceFolder(folder, async (fresh) => {
      await fillWith('half')(fresh)
      throw new Error('it does not compile')
    })
    await expect(failing).rejects.toThrow('it does not compile')
    expect(await readFile(join(folder, 'program'), 'utf8')).toBe('last')
    expect(await readdir(place)).toEqual(['dist'])
  })
})

test('replaceEntries leaves what it does not make, and replaces what it makes as a whole', async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), 'replace-entries-'))
  const folder = join(place.path, 'dist')
  const fillWith = (part: string) => async (fresh: string) => {
    await mkdir(join(fresh, 'parts'))
    for (const file of ['program', join('parts', part)]) await writeFile(join(fresh, file), part)
  }
  await replaceEntries(folder, fillWith('old'))
  await mkdir(join(folder, 'release'))
  await replaceEntries(folder, fillWith('new'))
  expect(await readFile(join(folder, 'program'), 'utf8')).toBe('new')
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    'parts',
    join('parts', 'new'),
    'program',
    'release',
  ])
  expect(await readdir(place.path)).toEqual(['dist'])
})
