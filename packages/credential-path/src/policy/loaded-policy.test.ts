/** The hash used to compare two policies. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepLoadedPolicy, loadedPolicy, readLoadedPolicy } from './loaded-policy.ts'
import { parseNodePolicy } from './read-node-policy.ts'

const inForce = (text: string) => ({ file: 'policy.yaml', policy: parseNodePolicy(text, 'policy.yaml'), given: [] })
const hash = (text: string) => loadedPolicy(inForce(text)).sha256

test('depends on the settings only: comments, order and explicit defaults do not change it', () => {
  const text = 'proxy: http://proxy:3128\nregistry_ca: { a.example.com: /a.pem, b.example.com: /b.pem }\n'
  const other = `# by hand\nregistry_ca: { b.example.com: /b.pem, a.example.com: /a.pem }\nproxy: http://proxy:3128\n`
  expect(hash(other)).toBe(hash(text))
  expect(hash(`${text}on_mismatch: fail\n`)).toBe(hash(text))
})

test.each([
  'on_mismatch: anonymous',
  'containers: { gpus: all }',
  'allowed_registries: [a.example.com]',
  'proxy: http://u:p@h:1',
])('changes with %s', (text) => {
  expect(hash(text)).not.toBe(hash(''))
})

test('does not depend on the doors, which the agent reads again by itself', () => {
  expect(hash('doors: { r.example.com: login }\ndoor_port: 7000\n')).toBe(hash(''))
})

test('S5: is stored next to the state with mode 0600, without the content of the file', async () => {
  const folder = newFolder('loaded-policy')
  const loaded = loadedPolicy(inForce('proxy: http://u:canary-9@h:1'))
  await keepLoadedPolicy(folder, loaded)
  expect(await readLoadedPolicy(folder)).toEqual(loaded)
  const [name = ''] = await readdir(folder)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect(await readFile(join(folder, name), 'utf8')).not.toContain('canary-9')
})

test('reads a missing or damaged file as unknown', async () => {
  const folder = newFolder('loaded-policy')
  expect(await readLoadedPolicy(folder)).toBeNull()
  await writeFile(join(folder, 'loaded-policy.json'), '{"sha256": "?"}')
  expect(await readLoadedPolicy(folder)).toBeNull()
})

test('records whether there was a file; one from an earlier version does not, and counts as none', async () => {
  const folder = newFolder('loaded-policy')
  await keepLoadedPolicy(folder, loadedPolicy({ ...inForce(''), given: null }))
  expect(await readLoadedPolicy(folder)).toMatchObject({ exists: false })
  await keepLoadedPolicy(folder, loadedPolicy(inForce('')))
  expect(await readLoadedPolicy(folder)).toMatchObject({ exists: true })
  const earlier = { file: '/etc/fairlead/policy.yaml', sha256: '0'.repeat(64) }
  await writeFile(join(folder, 'loaded-policy.json'), JSON.stringify(earlier))
  expect(await readLoadedPolicy(folder)).toEqual({ ...earlier, exists: false })
})

test('a file that was cut off, or holds anything else, says nothing of a policy', async () => {
  const folder = newFolder('loaded-policy')
  await keepLoadedPolicy(folder, loadedPolicy(inForce('')))
  const [name = ''] = await readdir(folder)
  const whole = await readFile(join(folder, name), 'utf8')
  const cut = fc.nat({ max: whole.length - 1 }).map((length) => whole.slice(0, length))
  const changed = fc
    .tuple(fc.constantFrom('file', 'exists', 'sha256'), fc.constantFrom<unknown>({}, [], 7, null, ['x']))
    .map(([field, value]) => JSON.stringify({ ...(JSON.parse(whole) as object), [field]: value }))
  const hash = fc
    .constantFrom('', 'x', 'A'.repeat(64), '0'.repeat(65))
    .map((sha256) => JSON.stringify({ file: 'f', sha256 }))
  const other = fc.oneof(cut, changed, hash, fc.string(), fc.json(), fc.uint8Array())
  await fc.assert(
    fc.asyncProperty(other, async (content) => {
      await writeFile(join(folder, name), content)
      expect(await readLoadedPolicy(folder)).toBeNull()
    }),
  )
})
