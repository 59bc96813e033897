/** Styles of the design system are imported one component at a time: none that is used may be missing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('..', import.meta.url))
const styles = createRequire(import.meta.url)
  .resolve('@mantine/core/styles/global.css')
  .replace('global.css', '')
const imported = new Set(
  [...readFileSync(`${source}theme/components.css`, 'utf8').matchAll(/styles\/(\w+)\.css/g)].map(([, name]) => name),
)

test('each component of the design system that a page uses has its styles', () => {
  const used = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => [
      ...readFileSync(`${source}${file}`, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
    ])
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim())
  const styled = [...new Set(used)].filter((name) => existsSync(`${styles}${name}.css`))
  expect(styled.length).toBeGreaterThan(20)
  expect(styled.filter((name) => !imported.has(name))).toEqual([])
})
