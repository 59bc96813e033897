/** `npm run docs` builds the documentation site. Here because of its 18 s of processor time; what is cheap is in scripts/site. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const site = join(root, 'dist/docs')
let said = ''

beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['scripts/docs.ts'], { cwd: root })
  said = stdout + stderr
})

test('each page is in the sidebar of each page, and the reference is there', async () => {
  expect(said).toContain('build complete')
  const page = await readFile(join(site, 'guides/doors.html'), 'utf8')
  for (const path of ['tutorial', 'guides/harbor', 'reference/commands', 'migrate/ray-up', 'threat-model']) {
    expect(page).toContain(`href="/${path}"`)
    expect(await readFile(join(site, `${path}.html`), 'utf8')).toContain('</html>')
  }
})

test('search knows commands, codes and types, and nothing is fetched from another host', async () => {
  const names = await readdir(join(site, 'assets/chunks'))
  const index = await readFile(
    join(site, 'assets/chunks', names.find((name) => name.includes('localSearchIndex')) ?? ''),
    'utf8',
  )
  const sections = [
    '/reference/commands#fairlead-cluster-start',
    '/problems#credential_server_mismatch',
    '/reference/api-types#clusternode',
  ]
  expect(sections.filter((section) => !index.toLowerCase().includes(section))).toEqual([])
  const home = await readFile(join(site, 'index.html'), 'utf8')
  expect([...home.matchAll(/(?:src|href)="(https?:[^"]+)"/g)].map(([, url]) => url)).toEqual(['https://www.ray.io'])
})
