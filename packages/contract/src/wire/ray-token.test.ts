/** Which Ray versions take a token, and what a program needs to show it. */
import { expect, test } from 'vitest'
import { judgeEnvVars } from './env-vars.ts'
import { rayEnvironment, takesRayToken } from './ray-token.ts'

test.each([
  ['2.52.0', true],
  ['2.52', true],
  ['2.55.1', true],
  ['2.100.0', true],
  ['3.0.0rc1', true],
  ['3.0.0.dev0+abc', true],
  ['2.51.2', false],
  ['2.9.3', false],
  ['2.7.0', false],
  ['1.13.0', false],
  ['latest', false],
])('Ray %s takes a token: %s', (version, takes) => {
  expect(takesRayToken(version)).toBe(takes)
})

test('a program gets address and token, and without a token nothing that asks for one', () => {
  const ray_address = 'ray://10.0.0.1:10001'
  expect(rayEnvironment({ ray_address, ray_token: 'frt_x' })).toEqual({
    RAY_ADDRESS: ray_address,
    RAY_AUTH_MODE: 'token',
    RAY_AUTH_TOKEN: 'frt_x',
  })
  expect(rayEnvironment({ ray_address, ray_token: null })).toEqual({ RAY_ADDRESS: ray_address })
})

test.each(['RAY_AUTH_MODE', 'RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH', 'RAY_ENABLE_K8S_TOKEN_AUTH'])(
  'the env vars of an environment can neither disable nor choose the token: %s',
  (name) => {
    expect(() => judgeEnvVars({ [name]: 'disabled' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        fields: [expect.objectContaining({ path: `env_vars.${name}` })],
      }),
    )
  },
)
