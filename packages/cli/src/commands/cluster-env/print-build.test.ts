import { expect, test } from 'vitest'
import { rayText } from './print-build.ts'

test.each([
  [null, '2.7.0 in ray_version; the first start compares it with the image'],
  ['2.7.0', '2.7.0, as found in the image'],
  ['2.7.1', '2.7.1, as found in the image; ray_version says 2.7.0'],
])('with %s found in the image, says what is known of its Ray', (found, text) => {
  expect(rayText({ ray_version: '2.7.0', byod_ray_version: found })).toBe(text)
})
