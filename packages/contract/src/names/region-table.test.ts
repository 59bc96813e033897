import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Region } from './provider.ts'
import { awsRegions, isGcpLocation, isKnownRegion, partitionOfRegion } from './region-table.ts'
import { parseSecretReference } from './secret-reference.ts'

test.each([
  ['us-east-1', 'aws'],
  ['ap-southeast-7', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', null],
  ['us-central1', null],
  ['US-EAST-1', null],
  ['us-east-1 ', null],
  ['', null],
  ['toString', null],
])('the partition of %j is %s', (region, partition) => {
  expect(partitionOfRegion(region)).toBe(partition)
})

test('AWS and Google Cloud share no name, so a region identifies its provider', () => {
  expect(isGcpLocation('us-central1')).toBe(true)
  expect(isGcpLocation('us-east-1')).toBe(false)
  expect(isKnownRegion('us-central1') && isKnownRegion('us-east-1')).toBe(true)
})

test('a cloud can be described in both, and in no made-up region (S21)', () => {
  expect(Region.safeParse('europe-west4').success).toBe(true)
  expect(Region.safeParse('eu-west-1').success).toBe(true)
  expect(Region.safeParse('eu-west-1.example.com').success).toBe(false)
  expect(Region.safeParse('us-nowhere-1').success).toBe(false)
})

describe('the data of the clouds themselves', () => {
  test('AWS: these partitions have exactly the regions of the AWS SDK', async () => {
    // The package also exports partition(), which knows every region but does not list them.
    const entry = pathToFileURL(createRequire(import.meta.url).resolve('@aws-sdk/core/client')).href
    const file = new URL('../../../dist-es/submodules/client/util-endpoints/lib/aws/partitions.js', entry).href
    const { partitionsInfo } = (await import(/* @vite-ignore */ file)) as { partitionsInfo: PartitionsInfo }
    for (const [id, regions] of Object.entries(awsRegions)) {
      const sdk = partitionsInfo.partitions.find((partition) => partition.id === id)?.regions ?? {}
      const listed = Object.keys(sdk).filter((name) => !name.endsWith('-global'))
      expect(regions.toSorted(), id).toEqual(listed.toSorted())
    }
  })

  test('Google Cloud: a region without regional secrets takes nodes but holds no secrets', () => {
    expect(isKnownRegion('europe-north1')).toBe(true)
    expect(isGcpLocation('europe-north1')).toBe(false)
    const read = (location: string) => () =>
      parseSecretReference('gcp', `projects/my-project/locations/${location}/secrets/login/versions/1`, {})
    expect(read('europe-north2')).not.toThrow()
    expect(read('europe-north1')).toThrow(expect.objectContaining({ code: 'SECRET_REF_INVALID' }))
  })

  test.each(['us', 'eu', 'global', 'us-central1-a'])('Google Cloud stores no regional secrets in %s', (location) => {
    expect(isGcpLocation(location)).toBe(false)
  })
})

interface PartitionsInfo {
  readonly partitions: readonly { readonly id: string; readonly regions: Readonly<Record<string, unknown>> }[]
}
