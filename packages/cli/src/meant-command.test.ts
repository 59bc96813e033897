import { describe, expect, test } from 'vitest'
import { meantCommands, type CommandGroup } from './meant-command.ts'

const group = (name: string, ...commands: string[]): CommandGroup => ({ name, commands })
const only = (...names: string[]) => names.map((name) => group(name))

describe('a word from another tool', () => {
  test.each([
    ['stop', ['start', 'status', 'list', 'terminate'], ['terminate']],
    ['delete', ['build', 'list', 'get', 'archive'], ['archive']],
    ['rm', ['list', 'revoke'], ['revoke']],
    ['ls', ['list', 'status'], ['list']],
    ['describe', ['list', 'status'], ['status']],
    ['show', ['list', 'get'], ['get']],
    ['new', ['create', 'list'], ['create']],
    ['STOP', ['start', 'terminate'], ['terminate']],
  ])('%s among %j is %j', (typed, names, meant) => {
    expect(meantCommands(typed, only(...names), ['start'])).toEqual(meant)
  })

  test('proposes nothing similar in spelling when no command has that meaning', () => {
    expect(meantCommands('delete', only('create', 'list'), ['create'])).toEqual([])
  })
})

describe('a command without its group', () => {
  const groups = [group('cluster', 'start', 'list', 'terminate'), group('node', 'list'), group('login')]

  test.each([
    ['start', ['cluster start']],
    ['list', ['cluster list', 'node list']],
    ['stop', ['cluster terminate']],
    ['ls', ['cluster list', 'node list']],
    ['auth', ['login']],
  ])('%s is %j', (typed, meant) => {
    expect(meantCommands(typed, groups, [])).toEqual(meant)
  })
})

test('any other word matches by spelling', () => {
  expect(meantCommands('strat', only('start'), ['start'])).toEqual(['start'])
})
