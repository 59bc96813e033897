import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseOptions } from './options.mjs'

const demo = fileURLToPath(new URL('../demo.mjs', import.meta.url))
const none = { help: false, yes: false, exit: false, image: null }

test('makes the image and leaves the system up when no option is given', () => {
  expect(parseOptions([], '/')).toEqual(none)
})

test('accepts a Docker image and the exit option', () => {
  const image = { docker: 'my/ray:2' }
  expect(parseOptions(['--yes', '--exit', '--image', 'my/ray:2'], '/')).toEqual({
    ...none,
    yes: true,
    exit: true,
    image,
  })
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

// `npm run demo --image REF` without `--`: npm takes the option away and leaves its value.
test.each([['--imgae', 'x'], ['--image'], ['my/ray:2']])(
  'installs nothing and says how it is called, given %s',
  (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [demo, ...args], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(args[0])
    expect(stderr).toContain('npm run demo [-- OPTIONS]')
  },
)
