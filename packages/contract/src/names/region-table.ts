/** The regions and locations that may become part of a host name (S21): any other name is refused. */

export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov'

/** As listed by AWS's own SDK (its partitions.json); a test compares them. */
export const awsRegions: Readonly<Record<Partition, readonly string[]>> = {
  aws: words(`
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
    il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1
    us-east-1 us-east-2 us-west-1 us-west-2`),
  'aws-cn': words('cn-north-1 cn-northwest-1'),
  'aws-us-gov': words('us-gov-east-1 us-gov-west-1'),
}

/**
 * Where Secret Manager stores regional secrets, each behind its own endpoint: docs.cloud.google.com/secret-manager/docs/locations, as of April 2026.
 * Multi-regions (`us`, `eu`) are for parameters only there.
 */
const gcpLocations = words(`
  africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2
  asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2
  europe-central2 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4
  europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1
  northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1
  us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`)

/** Has machines but no regional secrets: the same page omits it. */
const gcpRegionsWithoutSecrets: ReadonlySet<string> = new Set(['europe-north1'])

/** The partition of a region; null if the region is unknown. */
export function partitionOfRegion(region: string): Partition | null {
  const found = Object.entries(awsRegions).find(([, regions]) => regions.includes(region))
  return found === undefined ? null : (found[0] as Partition)
}

/** A location with its own Google Secret Manager endpoint and regional secrets. */
export function isGcpLocation(location: string): boolean {
  return gcpLocations.includes(location)
}

/** The AWS and Google Cloud regions where nodes may run. */
export const knownRegions: readonly string[] = [
  ...Object.values(awsRegions).flat(),
  ...gcpLocations,
  ...gcpRegionsWithoutSecrets,
]

export function isKnownRegion(name: string): boolean {
  return knownRegions.includes(name)
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
