/** The stand-in for Ray, on two machines: the head lists its worker while it lives. */
import { expect, test } from 'vitest'
import { createNetwork, makeFakeRayImage, pushImage, startRegistry, type Machine } from '../index.ts'

test('a head lists itself and its worker, and stops listing a worker that ended', async () => {
  await using network = await createNetwork()
  await using registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  await pushImage(registry, 'ray', '1', await makeFakeRayImage({ rayVersion: '2.9.0' }), null)
  const image = `${registry.host}/ray:1`
  const [head, worker] = await Promise.all([network.machine('head'), network.machine('worker')] as const)
  const config = { 'insecure-registries': [registry.host] }
  await Promise.all([head.startEngine({ config }), worker.startEngine({ config })])

  const start = (machine: Machine, ...flags: string[]): Promise<string> =>
    machine.mustExec(
      'docker',
      ['run', '-d', '--name', 'ray', '--network', 'host', image, 'ray', 'start', '--block'].concat(
        flags,
        `--node-ip-address=${machine.address}`,
      ),
    )
  const listed = (machine: Machine): Promise<string> =>
    machine
      .exec('docker', ['exec', 'ray', 'python3', '-c', 'a program', machine.address])
      .then(({ stdout }) => stdout.trim())

  await start(worker, '--address', `${head.address}:6379`)
  await start(head, '--head', '--port', '6379')
  await expect.poll(() => listed(head), { timeout: 15_000 }).toBe('fairlead: alive=2 here=1')
  expect(await listed(worker)).toBe('fairlead: alive=2 here=1')
  expect(await head.mustExec('docker', ['exec', 'ray', 'ray', '--version'])).toBe('ray, version 2.9.0\n')

  const stopped = performance.now()
  await worker.mustExec('docker', ['stop', 'ray'])
  expect(performance.now() - stopped).toBeLessThan(8000)
  await expect.poll(() => listed(head), { timeout: 15_000 }).toBe('fairlead: alive=1 here=1')
  const state = ['inspect', '--format', '{{.State.ExitCode}}', 'ray']
  expect(await worker.mustExec('docker', state)).toBe('1\n')
})

test('an environment variable makes it fail', async () => {
  await using network = await createNetwork()
  await using registry = await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } })
  await pushImage(registry, 'ray', '1', await makeFakeRayImage(), null)
  const machine = await network.machine('alone')
  await machine.startEngine({ config: { 'insecure-registries': [registry.host] } })
  const run = ['run', '--rm', '-e', 'FAKE_RAY_EXIT=3', `${registry.host}/ray:1`, 'ray', 'start', '--head', '--block']
  expect(await machine.exec('docker', run)).toMatchObject({ status: 3, stderr: expect.stringContaining('told to end') })
})
