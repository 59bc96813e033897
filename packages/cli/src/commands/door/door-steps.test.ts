/** The steps that open and close doors: what is written, kept aside, put back and removed. */
import type { Content } from '@fairlead/doors/upkeep/door-files'
import { describe, expect, test } from 'vitest'
import { sentenceOf } from '../../machine-steps/machine-step.ts'
import { ownerFileSteps, removeSteps, writeSteps } from './door-steps.ts'

const path = '/etc/docker/certs.d/r.example.com/hosts.toml'
const wanted = { path, text: 'new' }
const seen = (content: Content, hasBefore = false) => ({ path, content, hasBefore })
const steps = (content: Content, isOurs: boolean) =>
  writeSteps('/image', [{ wanted, seen: seen(content), isOurs }]).map(sentenceOf)

describe('opening', () => {
  test('makes a missing file and its folder', () => {
    expect(steps(null, false)).toEqual([
      'folder /image/etc/docker/certs.d/r.example.com (0755)',
      `/image${path} (0644)`,
    ])
  })

  test('does nothing for a file that is in place', () => {
    expect(steps({ text: 'new' }, true)).toEqual([])
  })

  test('replaces a file of our own that is not as it should be', () => {
    expect(steps({ text: 'old' }, true)).toEqual([`/image${path} (0644)`])
  })

  test('keeps a file of somebody else next to it, and is never without one', () => {
    for (const foreign of [{ text: 'theirs' }, { link: '/theirs' }]) {
      expect(steps(foreign, false)).toEqual([
        `keep /image${path} as /image${path}.before-fairlead`,
        `/image${path} (0644)`,
      ])
    }
  })

  test('links to the keys of the agent', () => {
    const link = { path: '/etc/containers/certs.d/127.0.0.1:7464/ca.crt', link: '/var/lib/fairlead/door/ca.crt' }
    const planned = { wanted: link, seen: { path: link.path, content: null, hasBefore: false }, isOurs: false }
    const steps = writeSteps('', [planned, planned])
    expect(steps.map((step) => step.do)).toEqual(['make-folder', 'link', 'link'])
    expect(steps.at(-1)).toEqual({ do: 'link', path: link.path, target: link.link })
  })
})

describe('closing', () => {
  const removing = (at: string, hasBefore: boolean) =>
    removeSteps('/image', [{ path: at, content: { text: 'new' }, hasBefore }]).map(sentenceOf)

  test('removes the file, and its folder if nothing else is in it', () => {
    expect(removing(path, false)).toEqual([
      `remove /image${path}`,
      'remove /image/etc/docker/certs.d/r.example.com if it is empty',
    ])
  })

  test('removes a folder of several files once, after them', () => {
    const files = ['ca.crt', 'client.key'].map((name) => {
      return { path: `/etc/containers/certs.d/127.0.0.1:7464/${name}`, content: { link: '/key' }, hasBefore: false }
    })
    expect(removeSteps('', files).map((step) => step.do)).toEqual(['remove', 'remove', 'remove-empty-folder'])
  })

  test('leaves a folder that belongs to the engine', () => {
    expect(removing('/etc/containers/registries.conf.d/zz-fairlead-r.example.com.conf', false)).toHaveLength(1)
  })

  test('puts back what was there before', () => {
    expect(removing(path, true)).toEqual([`put /image${path}.before-fairlead back as /image${path}`])
  })
})

describe('the owner’s file', () => {
  test('is edited if it exists, made if not, and left alone if nothing changes', () => {
    const kinds = (before: string | null, after: string | null) =>
      ownerFileSteps({ path: '/etc/fairlead/policy.yaml', before, after }).map((step) => step.do)
    expect(kinds('a', 'b')).toEqual(['edit'])
    expect(kinds(null, 'b')).toEqual(['make-folder', 'write-new'])
    expect(kinds('a', null)).toEqual([])
  })
})
