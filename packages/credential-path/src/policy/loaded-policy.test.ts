/** The hash used to compare two policies. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { keepLoadedPolicy, loadedPolicy, readLoadedPolicy } from './loaded-policy.ts'
import { parseNodePolicy } from './read-node-policy.ts'

const inForce = (text: string) => ({ file: 'policy.yaml', policy: parseNodePolicy(text, 'policy.yaml'), given: [] })
const hash = (text: string) => loadedPolicy(inForce(text)).sha256

test('is of the settings: comments, order and what is the default anyway change nothing', () => {
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
])('%s is another', (text) => {
  expect(hash(text)).not.toBe(hash(''))
})

test('S5: is kept beside the state, 0600, without what the file says', async () => {
  const folder = newFolder('loaded-policy')
  const loaded = loadedPolicy(inForce('proxy: http://u:canary-9@h:1'))
  await keepLoadedPolicy(folder, loaded)
  expect(await readLoadedPolicy(folder)).toEqual(loaded)
  const [name = ''] = await readdir(folder)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect(await readFile(join(folder, name), 'utf8')).not.toContain('canary-9')
})

test('a file that is missing or damaged is known as nothing', async () => {
  const folder = newFolder('loaded-policy')
  expect(await readLoadedPolicy(folder)).toBeNull()
  await writeFile(join(folder, 'loaded-policy.json'), '{"sha256": "?"}')
  expect(await readLoadedPolicy(folder)).toBeNull()
})

test('says whether there was a file; one of an earlier version does not say, and is none', async () => {
  const folder = newFolder('loaded-policy')
  await keepLoadedPolicy(folder, loadedPolicy({ ...inForce(''), given: null }))
  expect(await readLoadedPolicy(folder)).toMatchObject({ exists: false })
  await keepLoadedPolicy(folder, loadedPolicy(inForce('')))
  expect(await readLoadedPolicy(folder)).toMatchObject({ exists: true })
  const earlier = { file: '/etc/fairlead/policy.yaml', sha256: '0'.repeat(64) }
  await writeFile(join(folder, 'loaded-policy.json'), JSON.stringify(earlier))
  expect(await readLoadedPolicy(folder)).toEqual({ ...earlier, exists: false })
})
