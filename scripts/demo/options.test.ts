import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('nothing given leaves the system up and makes the image', () => {
  expect(parseOptions([], '/')).toEqual({ exit: false, image: null })
})

test('an image of Docker and the end can be chosen', () => {
  const image = { docker: 'my/ray:2' }
  expect(parseOptions(['--yes', '--exit', '--image', 'my/ray:2'], '/')).toEqual({ exit: true, image })
})

test('a folder with an OCI layout is found from where the user typed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'layout-'))
  try {
    await writeFile(join(folder, 'index.json'), '{}')
    expect(parseOptions(['--image', basename(folder)], dirname(folder)).image).toEqual({ layout: folder })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what is not an option is refused', () => {
  expect(() => parseOptions(['--imgae', 'x'], '/')).toThrow('--imgae')
})
