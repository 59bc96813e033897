import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('makes the image and leaves the system up when no option is given', () => {
  expect(parseOptions([], '/')).toEqual({ exit: false, image: null })
})

test('accepts a Docker image and the exit option', () => {
  const image = { docker: 'my/ray:2' }
  expect(parseOptions(['--yes', '--exit', '--image', 'my/ray:2'], '/')).toEqual({ exit: true, image })
})

test('resolves a folder with an OCI layout from where the user typed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'layout-'))
  try {
    await writeFile(join(folder, 'index.json'), '{}')
    expect(parseOptions(['--image', basename(folder)], dirname(folder)).image).toEqual({ layout: folder })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('rejects an unknown option', () => {
  expect(() => parseOptions(['--imgae', 'x'], '/')).toThrow('--imgae')
})
