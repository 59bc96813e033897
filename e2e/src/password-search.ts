/** Looks for the registry's password wherever the parts of a two-node system leave bytes. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { scanFiles, scanMemory, secretForms } from '@fairlead/testkit'
import { expect } from 'vitest'
import type { TwoNodeSystem } from './two-node-system.ts'

/** The password in the secret manager, and its reference in the control plane, show that the search works. */
export async function expectPasswordOnlyInSecretManager({ secrets, serve, nodes, login, secretName }: TwoNodeSystem) {
  const { password } = login
  const forms = secretForms(password)
  expect((await scanMemory(secrets.moto.pid, forms)).findings, 'the positive control').not.toEqual([])
  for (const pid of serve.pids) {
    const memory = await scanMemory(pid, forms)
    expect(memory.findings).toEqual([])
    expect(memory.bytesRead).toBeGreaterThan(10_000_000)
  }
  const data = serve.database?.folder ?? serve.dir
  const folders = [data, serve.dir, dirname(serve.logFile)]
  const logs: string[] = []
  for (const { machine, agent } of nodes) {
    folders.push(machine.stateDir, machine.homeDir, machine.etcDir)
    logs.push(await readFile(agent.logFile, 'utf8'))
  }
  for (const folder of folders) expect((await scanFiles(folder, forms)).findings, folder).toEqual([])
  expect(logs.join('').length).toBeGreaterThan(1000)
  expect(logs.join('')).not.toContain(password)
  const reference = await scanFiles(data, secretForms(secretName))
  expect(reference.findings, 'the reference is there').not.toEqual([])
}
