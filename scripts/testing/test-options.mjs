/** What `npm test` was asked to run. */
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../setup/machine.mjs'
import { layers } from './run-layer.mjs'

/** @typedef {import('./run-layer.mjs').LayerName} LayerName */

const everyLayer = /** @type {LayerName[]} */ (Object.keys(layers))

const listed = everyLayer.map((layer) => {
  const { minutes, usual } = layers[layer]
  return `  ${layer.padEnd(12)} at most ${minutes} minutes${usual ? '; by default' : ''}\n`
})

export const usage = `npm test [-- [LAYER...] [NAME...] [--all] [--check]]

Sets up what the tests need, without asking, and runs them. The last line is "N passed, N failed".

  LAYER        only these layers
  NAME         only files whose path contains NAME; for python, only tests with that name
  --all        every layer
  --check      first what \`npm run check\` runs
  -h, --help   this text

Layers:
${listed.join('')}
Without set-up: npx vitest run --project unit NAME
`

/**
 * @param {readonly string[]} words
 * @param {() => readonly string[]} files the paths of the test files
 * @returns {{ layers: LayerName[], filters: string[], check: boolean } | null} null: only the usage was asked for
 */
export function readTestOptions(words, files) {
  if (words.includes('--help') || words.includes('-h')) return null
  const unknown = words.find((word) => word.startsWith('-') && word !== '--all' && word !== '--check')
  if (unknown !== undefined) throw new Error(`there is no option ${unknown}`)
  const names = words.filter((word) => !word.startsWith('-'))
  const chosen = everyLayer.filter((layer) => names.includes(layer))
  const filters = names.filter((name) => !(name in layers))
  const usual = everyLayer.filter((layer) => layers[layer].usual)
  if (filters.length > 0 && !chosen.includes('python')) {
    const paths = files()
    const mistyped = filters.find((name) => !paths.some((path) => isMeant(path, name)))
    if (mistyped !== undefined) throw new Error(`${mistyped} is neither a layer nor part of the name of a test file`)
  }
  const toRun = words.includes('--all') ? everyLayer : chosen.length > 0 ? chosen : usual
  return { layers: toRun, filters, check: words.includes('--check') }
}

/**
 * As vitest takes it, with or without a line.
 * @param {string} path
 * @param {string} name
 */
function isMeant(path, name) {
  const wanted = name.replace(/^\.\//, '').replace(/:\d+$/, '')
  return path.includes(wanted) || join(root, path) === wanted
}

/** @returns {string[]} from the root */
export function testFiles() {
  return ['packages', 'e2e', 'bench', 'scripts'].flatMap((folder) => testFilesIn(join(root, folder)))
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function testFilesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFilesIn(path)
    return entry.name.endsWith('.test.ts') ? [relative(root, path)] : []
  })
}
