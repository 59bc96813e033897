/** The owner's file, followed: also as a ConfigMap shows it in a pod, where a link leads to a folder that is replaced as a whole. */
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { FollowedPolicy } from './followed-policy.ts'
import { readPolicyInForce } from './read-node-policy.ts'

/** As the kubelet writes it: `policy.yaml` -> `..data/policy.yaml`, and `..data` -> a folder of its own for each version. */
class ConfigMapFolder {
  readonly folder = newFolder('config-map')
  readonly policy = join(this.folder, 'policy.yaml')
  #versions = 0

  constructor(text: string) {
    mkdirSync(this.folder, { recursive: true })
    chmodSync(this.folder, 0o777)
    this.put(text)
    symlinkSync('..data/policy.yaml', this.policy)
  }

  put(text: string): string {
    const version = `..version_${(this.#versions += 1)}`
    mkdirSync(join(this.folder, version))
    const file = join(this.folder, version, 'policy.yaml')
    writeFileSync(file, text, { mode: 0o644 })
    symlinkSync(version, join(this.folder, '..data_tmp'))
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'))
    return file
  }
}

const door = (host: string): string => `allowed_registries: [${host}]\ndoors: { ${host}: login }\n`
const follow = (path: string) => new FollowedPolicy(path, readPolicyInForce(path))
const doorsOf = (policy: FollowedPolicy) => Object.keys(policy.now().policy.doors)

test('a ConfigMap is read through its links, and each of its versions counts at the next look', () => {
  const map = new ConfigMapFolder(door('one.example.com'))
  const policy = follow(map.policy)
  expect(doorsOf(policy)).toEqual(['one.example.com'])
  map.put(door('two.example.com'))
  expect(doorsOf(policy)).toEqual(['two.example.com'])
})

test('a link makes no file safe that others can write: it counts for nothing until it is', () => {
  const map = new ConfigMapFolder(door('one.example.com'))
  const policy = follow(map.policy)
  const file = map.put(door('two.example.com'))
  chmodSync(file, 0o666)
  const refusal = () => {
    try {
      return doorsOf(policy)
    } catch (error) {
      return isProblem(error) ? error.code : String(error)
    }
  }
  expect(refusal()).toBe('POLICY_UNSAFE')
  chmodSync(file, 0o644)
  expect(refusal()).toEqual(['two.example.com'])
})
