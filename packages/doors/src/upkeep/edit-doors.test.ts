/** What `fairlead door open` and `close` change in the owner's file, and what they leave alone. */
import { isProblem } from '@fairlead/contract/problems'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closeDoors, openDoors, type EditedDoors, type WantedDoor } from './edit-doors.ts'

const file = (text: string | null) => ({ path: 'policy.yaml', text })
const doorsIn = ({ text }: EditedDoors) => parseNodePolicy(text ?? '', 'policy.yaml').doors
const allowedIn = ({ text }: EditedDoors) => parseNodePolicy(text ?? '', 'policy.yaml').allowed_registries
const open = (text: string | null, wanted: Record<string, string | undefined>, allow = false) =>
  openDoors(
    file(text),
    Object.entries(wanted).map(([place, secret]) => ({ place, secret })),
    { allow },
  )
const close = (text: string, ...places: string[]) => closeDoors(file(text), places)

function codeOf(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    if (isProblem(error)) return error.code
    throw error
  }
}

const listed = 'allowed_registries: [r.example.com, docker.io/team]\n'

describe('opening a door', () => {
  test('in a file that sets nothing yet, also starts the list of allowed registries', () => {
    for (const text of [null, '', '# only a comment\n', '{}\n']) {
      const done = open(text, { 'r.example.com/team': 'team/login', 'ghcr.io': undefined })
      expect(doorsIn(done)).toEqual({ 'r.example.com/team': 'team/login', 'ghcr.io': null })
      expect(allowedIn(done)).toEqual(['r.example.com/team', 'ghcr.io'])
      expect(done.allowed).toEqual(['r.example.com/team', 'ghcr.io'])
    }
  })

  test('keeps comments, order and all other settings', () => {
    const text = `# head\n${listed}# why\nshare_logs: true # logs\n`
    const { text: after } = open(text, { 'r.example.com': 'login' })
    expect(after?.startsWith('# head\nallowed_registries: [ r.example.com, docker.io/team ]\n# why\n')).toBe(true)
    expect(after).toContain('share_logs: true # logs\n')
  })

  test('keeps the comment of a door whose secret it replaces', () => {
    const done = open(`${listed}doors:\n  r.example.com: old # since May\n`, { 'r.example.com': 'new' })
    expect(done.text).toContain('r.example.com: new # since May\n')
    expect(done.changes).toEqual([{ place: 'r.example.com', change: 'replaced', secret: 'new', before: 'old' }])
  })

  test('changes nothing the second time, and keeps the secret when none is said', () => {
    const { text } = open(listed, { 'r.example.com': 'login' })
    for (const secret of ['login', undefined]) {
      const again = open(text, { 'r.example.com': secret })
      expect(again.text).toBeNull()
      expect(again.changes).toEqual([{ place: 'r.example.com', change: 'kept', secret: 'login', before: null }])
    }
  })

  test('recognizes Docker Hub under its other names', () => {
    const done = open(`${listed}doors: { index.docker.io/team: old }\n`, { 'docker.io/team': 'new' })
    expect(doorsIn(done)).toEqual({ 'index.docker.io/team': 'new' })
  })

  test('takes an empty `doors:` for a map', () => {
    expect(doorsIn(open(`${listed}doors: {}\n`, { 'r.example.com': 'x' }))).toEqual({ 'r.example.com': 'x' })
  })

  test('in a file with settings but no list is refused, because a list would bind everything else on the node', () => {
    expect(codeOf(() => open('share_logs: true\n', { 'r.example.com': 'x' }))).toBe('DOOR_NEEDS_ALLOWED_REGISTRIES')
    expect(allowedIn(open('share_logs: true\n', { 'r.example.com': 'x' }, true))).toEqual(['r.example.com'])
  })

  test('of a place outside the list is refused unless it may be added', () => {
    for (const place of ['other.example.com', 'docker.io/teams', 'r.example.com:5000']) {
      expect(codeOf(() => open(listed, { [place]: 'x' }))).toBe('DOOR_NOT_ALLOWED')
      expect(allowedIn(open(listed, { [place]: 'x' }, true))).toEqual(['r.example.com', 'docker.io/team', place])
    }
  })

  test('of a place that the list covers, or a part of which it covers, leaves the list alone', () => {
    const done = open(listed, { 'r.example.com/deep/er': 'x', 'docker.io': 'y', 'docker.io/team/app': 'z' }, true)
    expect(done.allowed).toEqual([])
    expect(allowedIn(done)).toEqual(['r.example.com', 'docker.io/team'])
  })

  test.each([
    [
      'a password in place of a secret’s name',
      { 'r.example.com': 'dckr_pat_canary-77ab' },
      'REFERENCE_LOOKS_LIKE_A_SECRET',
    ],
    ['a place that is none', { 'https://r.example.com': 'x' }, 'POLICY_INVALID'],
    ['an IPv6 address', { '[::1]:5000': 'x' }, 'POLICY_INVALID'],
  ])('refuses %s', (_, wanted, code) => {
    expect(codeOf(() => open(listed, wanted, true))).toBe(code)
  })

  test('leaves a file that is not valid alone', () => {
    for (const text of ['doors: {', 'no_such_field: 1\n', 'a: &x 1\nb: *x\n']) {
      expect(codeOf(() => open(text, { 'r.example.com': 'x' }))).toBe('POLICY_INVALID')
      expect(codeOf(() => close(text, 'r.example.com'))).toBe('POLICY_INVALID')
    }
  })
})

describe('closing a door', () => {
  const text = `# head\n${listed}doors:\n  r.example.com: login # ours\n  docker.io/team: hub # theirs\n`

  test('removes that door and keeps the others', () => {
    const done = close(text, 'r.example.com')
    expect(done.text).toBe(
      '# head\nallowed_registries: [ r.example.com, docker.io/team ]\ndoors:\n  docker.io/team: hub # theirs\n',
    )
    expect(done.changes).toEqual([{ place: 'r.example.com', change: 'removed', secret: null, before: 'login' }])
  })

  test('that is not there changes nothing', () => {
    for (const place of ['r.example.com/team', 'ghcr.io']) expect(close(text, place).text).toBeNull()
  })

  test('closes all of them', () => {
    expect(doorsIn(closeDoors(file(text), null))).toEqual({})
  })
})

test('S9: whatever is opened can be closed again, and every step leaves a valid file', () => {
  const name = fc.stringMatching(/^[a-z0-9]{1,6}$/)
  const place = fc
    .tuple(
      fc.constantFrom('r.example.com', 'docker.io', 'r.example.com:5000', 'ghcr.io'),
      fc.array(name, { maxLength: 2 }),
    )
    .map(([host, path]) => [host, ...path].join('/'))
  const door = fc.record({ place, secret: fc.option(fc.stringMatching(/^[a-z/]{1,12}$/), { nil: undefined }) })
  const before = fc.constantFrom('', '# c\n', 'share_logs: true\n', listed)
  fc.assert(
    fc.property(before, fc.array(door, { maxLength: 5 }), (text, wanted: readonly WantedDoor[]) => {
      const opened = openDoors(file(text), wanted, { allow: true })
      const doors = opened.text === null ? {} : doorsIn(opened)
      expect(new Set(Object.keys(doors))).toEqual(new Set(wanted.map((one) => one.place)))
      const closed = closeDoors(file(opened.text ?? text), Object.keys(doors))
      expect(closed.text === null ? {} : doorsIn(closed)).toEqual({})
      // Nothing else has changed.
      expect(parseNodePolicy(closed.text ?? text, 'p').share_logs).toBe(parseNodePolicy(text, 'p').share_logs)
    }),
  )
})
