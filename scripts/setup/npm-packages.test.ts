import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { npmIsNeeded } from './npm-packages.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npm-packages-'))
})
afterEach(() => rm(folder, { recursive: true }))

const lock = {
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  'node_modules/for-windows': { version: '1.0.0', integrity: 'sha512-b', optional: true },
}

async function clone(installed: object | string | null): Promise<string> {
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...lock } }))
  if (installed === null) return folder
  await mkdir(join(folder, 'node_modules'))
  const text = typeof installed === 'string' ? installed : JSON.stringify({ packages: installed })
  await writeFile(join(folder, 'node_modules', '.package-lock.json'), text)
  return folder
}

test('a bare clone needs npm', async () => {
  expect(npmIsNeeded(await clone(null))).toBe(true)
})

test('a locked installation needs nothing, even without packages for other machines', async () => {
  expect(npmIsNeeded(await clone({ 'node_modules/zod': lock['node_modules/zod'] }))).toBe(false)
})

test('another version, other content or a truncated file needs npm', async () => {
  for (const installed of [
    {},
    { 'node_modules/zod': { version: '3.9.0', integrity: 'sha512-a' } },
    { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-x' } },
    '{"packages": {"node_mod',
  ]) {
    expect(npmIsNeeded(await clone(installed))).toBe(true)
    await rm(join(folder, 'node_modules'), { recursive: true })
  }
})
