import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { proposeDoors, proposeRegistries } from './propose-doors.ts'

let shell: ScriptedShell
beforeEach(() => (shell = new ScriptedShell()))
afterEach(() => shell[Symbol.dispose]())

test('the shell completes doors and registries from the owner’s file, and nothing from one that cannot be used', () => {
  const doors = 'docker.io/team: hub, docker.io: null, r.example.com/team: login'
  const file = shell.write('policy.yaml', `allowed_registries: [docker.io, r.example.com]\ndoors: { ${doors} }\n`)
  expect(proposeDoors(file, 'd')).toEqual(['docker.io/team', 'docker.io'])
  expect(proposeRegistries(file, '')).toEqual(['docker.io', 'r.example.com'])
  expect([proposeDoors(shell.write('bad.yaml', 'doors: ['), ''), proposeDoors('/nowhere', '')]).toEqual([[], []])
})
