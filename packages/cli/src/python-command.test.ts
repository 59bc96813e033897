/** The small command of the Python package knows which commands it lacks. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { placeIn } from './app.ts'
import { groupsIn } from './command-tree.ts'

const folder = new URL('../../../python/fairlead_sdk/src/fairlead_sdk/_cli/', import.meta.url)
const words = (text: string) => [...text.matchAll(/[a-z][a-z-]+/g)].map(([word]) => word)

/** What it is told of the full one, and what it has itself. */
const told = readFileSync(new URL('full_command.py', folder), 'utf8')
const own = new Set(['cluster-env', 'cluster', 'build', 'connect', 'get', 'list', 'start', 'terminate'])

test('each command of this one that it lacks is in its list', () => {
  const [, groups = ''] = /_groups = frozenset\(\s*"""([^"]*)"""/.exec(told) ?? []
  const listed = words(groups)
  const all = groupsIn(placeIn([]).target)
  expect(listed.toSorted()).toEqual(
    all
      .map(({ name }) => name)
      .filter((name) => !own.has(name))
      .toSorted(),
  )
  for (const group of all.filter(({ name }) => own.has(name))) {
    const [, commands = ''] = new RegExp(`"fairlead ${group.name}": frozenset\\(\\[([^\\]]*)\\]`).exec(told) ?? []
    expect(words(commands).toSorted()).toEqual(group.commands.filter((name) => !own.has(name)).toSorted())
  }
})
