import { expect, test } from 'vitest'
import { refusalOf } from './main.ts'

// The door of a registry judges pods by the machine's map alone: by another one, it would be open to all of them.
test.each([[['--map', '/a.yaml']], [['--map=/a.yaml']], [['x']]])('S2: %j is refused: there is one map', (args) => {
  expect(refusalOf(args)).toMatchObject({ stdout: '', status: 1 })
})

test('without an argument, the kubelet is answered', () => {
  expect(refusalOf([])).toBeNull()
})
