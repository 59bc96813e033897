/** The sources and documents of this repository that may name a rule or a step. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/machine.mjs'

const sources = [
  '{*,.*}.{md,ts,cjs,mjs}',
  '{docs,packages,python,scripts,e2e,bench}/**/*.{md,ts,tsx,mjs,cjs,py,toml,yaml,css,html}',
]
const exclude = ['**/node_modules/**', '**/dist/**', '**/.cache/**', 'scripts/rules/**']

export interface RepositoryText {
  readonly path: string
  readonly text: string
}

export const repositoryTexts = (): readonly RepositoryText[] =>
  globSync(sources, { cwd: root, exclude }).map((path) => ({ path, text: textOf(path) }))

/** Of a file, by its path from the root. */
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
