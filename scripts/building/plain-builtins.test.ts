/** What a bundle does instead of importing Node's own modules. */
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { repositoryTexts } from '../rules/repository-texts.ts'
import { plainBuiltins } from './plain-builtins.ts'

test('takes named, default and whole modules of Node as objects, and leaves other imports alone', async () => {
  const code = await bundled(`
    import { request } from 'node:http'
    import { request as secure } from 'node:https'
    import fs from 'fs'
    import * as path from 'node:path'
    import { other } from 'elsewhere'
    export const used = ['⚓ ä', request, secure, fs, path, other]`)
  expect(code.match(/^import .*$/gm)).toEqual(['import { other } from "elsewhere";'])
  expect(code.match(/^const .*getBuiltin.*$/gm)).toEqual([
    'const { request } = process.getBuiltinModule("node:http");',
    'const { request: request$1 } = process.getBuiltinModule("node:https");',
    'const fs = process.getBuiltinModule("fs");',
    'const path = process.getBuiltinModule("node:path");',
  ])
  expect(code).toContain('"⚓ ä"')
})

test('no program imports a module of Node later: the scripts in the one file cannot', () => {
  const sources = repositoryTexts().filter(({ path }) =>
    /^packages\/(?!console|testkit)[^/]+\/src\/(?!.*\/?testing\/).*(?<!\.test)\.ts$/.test(path),
  )
  expect(sources.length).toBeGreaterThan(500)
  expect(sources.filter(({ text }) => /\bimport\(['"]node:/.test(text)).map(({ path }) => path)).toEqual([])
})

async function bundled(source: string): Promise<string> {
  await using bundle = await rolldown({
    input: 'entry',
    platform: 'node',
    external: ['elsewhere'],
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? source : null),
      },
      plainBuiltins,
    ],
  })
  const { output } = await bundle.generate({ format: 'esm' })
  return output[0].code
}
