/** Each command of the tutorial is one that the demo ran when it was recorded. Only the port of its registry is another one in each run. */
import { expect, test } from 'vitest'
import { textOf } from '../rules/repository-texts.ts'

const withoutPorts = (line: string): string => line.replaceAll(/:\d{5}/g, ':PORT')

/** A long line continues on the next row of the recording. */
const played = withoutPorts(
  [...textOf('docs/images/demo.svg').matchAll(/<tspan class="\w+">([^<]*)<\/tspan>/g)]
    .map(([, words = '']) => words)
    .join('')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&'),
)
const commands = [...textOf('docs/tutorial.md').matchAll(/^ {4}((?:fairlead|docker|podman) .+)$/gm)].map(
  ([, line = '']) => line,
)

test('has commands', () => {
  expect(commands.length).toBeGreaterThan(8)
})

test.each(commands)('%s', (command) => {
  expect(played.includes(withoutPorts(command))).toBe(true)
})
