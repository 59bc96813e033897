import { expect, test } from 'vitest'
import { fileName, readFile } from './file-text.ts'

test("turns the page's own file into the form", () => {
  const text =
    'docker_image: my-registry/my-image:tag\nray_version: 2.10 # keeps its zero\nenv_vars:\n  MY_VAR: value\n'
  const { file, form } = readFile(text, 'env.yaml', null)
  expect(file).toMatchObject({ text, problem: null, isForm: true })
  expect(form).toEqual({
    dockerImage: 'my-registry/my-image:tag',
    rayVersion: '2.10',
    envVars: [{ key: 0, name: 'MY_VAR', value: 'value' }],
    secret: '',
  })
})

test('reports an unknown field with the nearest one, and the form does not follow', () => {
  const { file, form } = readFile('docker_imag: a\nray_version: 2.9.0', 'env.yaml', null)
  expect(form).toBeNull()
  expect(file.problem?.fields.map(({ detail }) => detail)).toContain(
    'there is no such field; did you mean docker_image?',
  )
})

test.each([
  'docker_image: [a]',
  'ray_version: {}',
  'env_vars: [A]',
  'env_vars:\n  A: [1]',
  'registry_login_secret: []',
])('a file with %j, which is not text, is explained, and leaves the form as it was', (text) => {
  const { file, form } = readFile(text, 'env.yaml', null)
  expect([file.problem?.code, file.isForm, form]).toEqual(['CONFIG_INVALID', false, null])
})

test('reports invalid YAML with its line, and the form does not follow', () => {
  const { file, form } = readFile('docker_image: [a\nray_version: x', 'env.yaml', null)
  expect([file.problem?.code, file.isForm, form]).toEqual(['CONFIG_YAML_MALFORMED', false, null])
})

test('reports a field that is not right yet, and the form follows', () => {
  const { file, form } = readFile('docker_image: a/b:1\nray_version: two', 'env.yaml', null)
  expect([file.problem?.code, file.isForm, form?.rayVersion]).toEqual(['CONFIG_INVALID', true, 'two'])
})

test.each([
  ['ray-2.55', 'ray-2.55.yaml'],
  ['', 'my_cluster_env.yaml'],
  ['../etc', 'my_cluster_env.yaml'],
  ['.hidden', 'my_cluster_env.yaml'],
])('saves the environment %j as %s', (environment, name) => {
  expect(fileName(environment)).toBe(name)
})
