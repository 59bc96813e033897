/** docs/registries.md says what to write for each registry: its examples print what the page shows, and its rows are the tested ones. */
import { readFileSync } from 'node:fs'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { layoutProducts, pairOf } from '@fairlead/testkit'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { ScriptedShell } from '../../scripted-context.ts'

const page = readFileSync(new URL('../../../../../docs/registries.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)

/** Splits the line as a shell would, on single quotes and blanks. */
const wordsOf = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b ?? '')

describe('docs/registries.md', () => {
  const examples = blocks('console').flatMap((block) => block.split(/^\$ fairlead /m).slice(1))

  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(7)
  })

  test.each(examples)('fairlead %s', async (example) => {
    const [line = '', ...answer] = example.split('\n')
    using shell = new ScriptedShell()
    const { stdout, stderr } = await shell.run(wordsOf(line))
    expect(stdout + stderr).toBe(answer.join('\n'))
  })

  test.each(layoutProducts.map((product) => [product.name, product] as const))(
    'the row and the documents of %s are those in its test',
    (name, product) => {
      const { registry, repository, needsPair, documents } = product
      const row = page.split('\n').find((line) => line.endsWith(`| \`${name}\` |`)) ?? ''
      const [, , image, server, line] = row.split('|').map((cell) => cell.trim())
      expect(image).toContain(`\`${registry}/${repository}:1\``)
      expect(server).toBe(`\`${registry}\``)
      expect(line?.startsWith('**yes**')).toBe(needsPair)
      expect(documents.filter((document) => !page.includes(`](${document})`))).toEqual([])
    },
  )

  test.each(blocks('yaml'))('a node accepts as its policy: %s', (text) => {
    using shell = new ScriptedShell()
    const policy = readNodePolicy(shell.write('policy.yaml', text))
    expect(policy).not.toEqual(readNodePolicy(shell.write('empty.yaml', '')))
  })

  test('the policy lines are the pairs that the tests list', () => {
    const listed = blocks('yaml').find((text) => text.startsWith('trusted_realms'))
    const pairs = layoutProducts.filter(({ needsPair }) => needsPair).map(pairOf)
    const { trusted_realms } = parseDocument(listed ?? '').toJS() as { trusted_realms: object[] }
    expect(trusted_realms).toHaveLength(pairs.length)
    expect(trusted_realms).toEqual(expect.arrayContaining(pairs))
  })
})
