import { expect, test } from 'vitest'
import { mapsIn } from './main.ts'

test.each([
  [[], ['/etc/fairlead/kubelet-credential-provider.yaml']],
  [['--map', '/a.yaml'], ['/a.yaml']],
  [['--map=/a.yaml'], ['/a.yaml']],
  [['--map'], null],
  [['--map', 'a.yaml'], null],
  [['--map', '/a.yaml', 'x'], null],
  [['--other=/a.yaml'], null],
])('the arguments %j name the maps %j', (args, maps) => {
  expect(mapsIn(args)).toEqual(maps)
})
