import { expect, test } from 'vitest'
import { Region } from './cloud.ts'
import { isGcpLocation, isKnownRegion, partitionOfRegion } from './region-table.ts'

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

test('AWS and Google Cloud share no name, so that a region alone says whose it is', () => {
  expect(isGcpLocation('us-central1')).toBe(true)
  expect(isGcpLocation('us-east-1')).toBe(false)
  expect(isKnownRegion('us-central1') && isKnownRegion('us-east-1')).toBe(true)
})

test('a cloud can be described in both, and in no place that is made up (S21)', () => {
  expect(Region.safeParse('europe-west4').success).toBe(true)
  expect(Region.safeParse('eu-west-1').success).toBe(true)
  expect(Region.safeParse('eu-west-1.example.com').success).toBe(false)
  expect(Region.safeParse('us-nowhere-1').success).toBe(false)
})
