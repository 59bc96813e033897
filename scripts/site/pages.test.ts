/** The documentation site: every page has a place, and every link leads somewhere. `npm run docs` builds it. */
import { describe, expect, test } from 'vitest'
import { everyCommand } from '../../packages/cli/src/help-texts.ts'
import { contents, sidebar, slug } from './contents.ts'
import { anchorsOf, titleOf } from './markdown.ts'
import { deadLinks, sitePages, withSiteLinks } from './pages.ts'

const pages = sitePages()
const textOf = (path: string): string => pages.find((page) => page.path === path)?.text ?? ''
const titles = new Map(pages.map(({ path, text }) => [path, titleOf(text) ?? path]))

describe('the site', () => {
  test('has a title for each page', () => {
    expect(pages.filter(({ text }) => titleOf(text) === null).map(({ path }) => path)).toEqual([])
  })

  test('has no dead link', () => {
    expect(deadLinks(pages)).toEqual([])
  })

  test('shows every page once in the sidebar', () => {
    const shown = sidebar(titles).flatMap(({ items }) => items.map(({ link }) => link.replace(/^\/|\/$/g, '')))
    const paths = pages.map(({ path }) => path.replace(/(^|\/)index$/, ''))
    expect(shown.toSorted()).toEqual(paths.toSorted())
  })

  test('names no page in the sidebar that does not exist', () => {
    expect(contents.flatMap(({ pages }) => pages).filter((path) => !titles.has(path))).toEqual([])
  })
})

describe('the reference', () => {
  test('has every command with its help', () => {
    const text = textOf('reference/commands')
    const names = everyCommand().map(({ words }) => ['fairlead', ...words].join(' '))
    expect(names.filter((name) => !text.includes(`\n## ${name}\n`))).toEqual([])
    expect(text).toContain('--workers N')
  })

  test('has every route and every type of the API', () => {
    expect(textOf('reference/api')).toContain('### POST /api/v1/clusters\n')
    expect(textOf('reference/api-types')).toContain('## ClusterNode\n')
  })

  test('says what each field of the two files means', () => {
    for (const path of ['reference/cluster-environment', 'reference/owners-file']) {
      const rows = textOf(path)
        .split('\n')
        .filter((line) => line.startsWith('| `'))
      expect(rows.length).toBeGreaterThan(3)
      expect(rows.filter((row) => row.endsWith(' |  |'))).toEqual([])
    }
  })

  test.each(['reference/python', 'reference/typescript'])('%s has a sentence for each method', (path) => {
    const rows =
      textOf(path)
        .split('## Every method')[1]
        ?.split('\n')
        .filter((line) => line.startsWith('| `')) ?? []
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter((row) => row.endsWith(' |  |'))).toEqual([])
  })
})

describe('a link', () => {
  const places = new Map([
    ['docs/nodes.md', 'nodes'],
    ['docs/adr/README.md', 'adr/index'],
  ])

  test.each([
    ['[x](../nodes.md#how-nodes-go)', '[x](/nodes.md#how-nodes-go)'],
    ['[x](../adr)', '[x](/adr/index.md)'],
    ['[x](https://example.com) [y](#here)', '[x](https://example.com) [y](#here)'],
    ['[pull.ts](../../packages/a/pull.ts)', '`packages/a/pull.ts`'],
    ['[the doors](../../packages/doors)', 'the doors (`packages/doors`)'],
    ['`[x](../nodes.md)`', '`[x](../nodes.md)`'],
    ['![x](../console/a.png)', '![x](../console/a.png)'],
  ])('%s becomes %s', (text, expected) => {
    expect(withSiteLinks(text, 'docs/guides/doors.md', places)).toBe(expected)
  })

  test('to a page or a heading that does not exist is found, outside code', () => {
    const text = '# A b\n\n[x](/a.md#a-b) [x](#a-b) [y](/none.md) [z](#none)\n\n```\n[x](/none.md)\n```\n'
    expect(deadLinks([{ path: 'a', text }])).toEqual(['a: /none.md', 'a: #none'])
  })
})

test('a heading has the id that GitHub gives it', () => {
  expect(slug("The node's own file: `policy.yaml`")).toBe('the-nodes-own-file-policyyaml')
  expect([...anchorsOf('# A\n\n## B\n\n## B\n')]).toEqual(['a', 'b', 'b-1'])
})
