import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('nothing given leaves the system up and makes the image', () => {
  expect(parseOptions([])).toEqual({ exit: false, image: null })
})

test('an image and the end can be chosen', () => {
  expect(parseOptions(['--yes', '--exit', '--image', 'my/ray:2'])).toEqual({ exit: true, image: 'my/ray:2' })
})

test('what is not an option is refused', () => {
  expect(() => parseOptions(['--imgae', 'x'])).toThrow('--imgae')
})
