import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { runCommand } from '../command.ts'
import { startProcessSampler } from './process-sampler.ts'
import { secretForms } from './secret-scan/secret-forms.ts'

const fresh = (name: string): string => `${name}-${randomBytes(12).toString('hex')}`

test('finds what a short-lived process had on its command line and in its environment, and nothing that none had', async () => {
  const [onLine, inEnvironment, nowhere] = [fresh('line'), fresh('environment'), fresh('nowhere')]
  await using sampler = await startProcessSampler()
  await runCommand('sh', ['-c', 'exec sleep 0.5', onLine], { env: { INNER: inEnvironment } })
  await runCommand('sh', ['-c', 'sleep 0.5; true', onLine])
  const named = [onLine, inEnvironment, nowhere].flatMap((secret) =>
    secretForms(secret).map(({ bytes }) => ({ name: secret, bytes })),
  )
  const scan = await sampler.finish(named)
  expect(new Set(scan.findings.map(({ form }) => form))).toEqual(new Set([onLine, inEnvironment]))
  expect(scan.findings.map(({ place }) => place.split(' ')[0])).toEqual(expect.arrayContaining(['cmdline', 'environ']))
  expect(scan.samples).toBeGreaterThan(5)
})
