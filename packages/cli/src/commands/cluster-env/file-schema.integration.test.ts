/** The schema for editors as another program's validator reads it, on files as YAML that an editor reads. */
import { readConfigYaml } from '@fairlead/config-file'
import { checkEnvironmentConfig } from '@fairlead/contract/wire'
import { mustRun, newFolder, schemathesisPython } from '@fairlead/testkit'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { fileSchema } from './file-schema.ts'

const image = 'docker_image: example.jfrog.io/team/my-image:tag\n'
const ray = 'ray_version: 2.55.1\n'
const vectorsOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../contract/fixtures/vectors/${name}.json`, import.meta.url), 'utf8')) as {
    cases: readonly { input: string; ref: string; error?: unknown }[]
  }
const images = vectorsOf('image-reference').cases.map(({ input }) => `docker_image: ${JSON.stringify(input)}\n${ray}`)
const secrets = vectorsOf('secret-reference').cases.map(
  ({ ref }) => `${image}${ray}registry_login_secret: ${JSON.stringify(ref)}\n`,
)

const valid = [
  ...[...images, ...secrets].filter(isAccepted),
  `${image}ray_version: 2.10 # an editor reads a number\n`,
  `${image}${ray}env_vars: # none yet\n`,
  `${image}${ray}env_vars:\n  TEXT: value\n  NUMBER: 1\n  FLAG: true\n  EMPTY:\n`,
]
const invalid = [
  'docker_image: a/b:c\n',
  ray,
  `${image}ray_version: latest\n`,
  `${image}${ray}env_vars: [A, B]\n`,
  `${image}${ray}env_vars:\n  A: [1]\n`,
  `${image}${ray}env_vars:\n  A-B: 1\n`,
  `${image}${ray}MY_VAR: value\n`,
  `${image}${ray}registry_login_secret: {name: team/login}\n`,
  `docker_image: [a]\n${ray}`,
  '- a\n',
]

const program = `
import json, sys
import jsonschema_rs
schema, documents = json.load(open(sys.argv[1]))
validator = jsonschema_rs.validator_for(schema)
print(json.dumps([validator.is_valid(document) for document in documents]))
`

test('what lint accepts is valid in an editor, and what breaks the form is not', async () => {
  expect(valid.length).toBeGreaterThan(50)
  for (const text of valid) expect(isAccepted(text), text).toBe(true)
  for (const text of invalid) expect(isAccepted(text), text).toBe(false)
  const file = join(newFolder('schema'), 'documents.json')
  writeFileSync(file, JSON.stringify([fileSchema(), [...valid, ...invalid].map((text) => parse(text) as unknown)]))
  const judged = JSON.parse(await mustRun(await schemathesisPython(), ['-c', program, file])) as readonly boolean[]
  const wrong = [...valid, ...invalid].filter((_, index) => judged[index] !== index < valid.length)
  expect(wrong).toEqual([])
})

function isAccepted(text: string): boolean {
  try {
    checkEnvironmentConfig(readConfigYaml('env.yaml', Buffer.from(text, 'utf8')), null)
    return true
  } catch {
    return false
  }
}
