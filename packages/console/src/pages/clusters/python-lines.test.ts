import { expect, test } from 'vitest'
import { pythonLines } from './python-lines.ts'

const ray_address = 'ray://10.0.0.1:10001'

test('set the token before Ray is imported', () => {
  expect(pythonLines({ ray_address, ray_token: 'frt_x' })).toBe(
    'import os\nos.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="frt_x")\nimport ray\nray.init("ray://10.0.0.1:10001")',
  )
})

test('set none when Ray requires none', () => {
  expect(pythonLines({ ray_address, ray_token: null })).toBe('import ray\nray.init("ray://10.0.0.1:10001")')
})
