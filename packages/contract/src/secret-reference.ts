/** Secret references: which secret, in which manager; never its content. */

export interface AwsSecretReference {
  readonly provider: 'aws'
  readonly kind: 'name' | 'arn'
  /** What is asked for: the name or the ARN, as typed. */
  readonly secretId: string
  readonly name: string
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov'
  /** Null where a bare name was read without knowing the node's own region or account. */
  readonly region: string | null
  readonly accountId: string | null
  readonly crossAccount: boolean
  readonly crossRegion: boolean
}

export interface GcpSecretReference {
  readonly provider: 'gcp'
  readonly kind: 'name' | 'resource'
  /** `projects/P[/locations/L]/secrets/S/versions/V`, no leading slash. */
  readonly resource: string | null
  /** Null where a bare name was read without knowing the node's own project. */
  readonly project: string | null
  readonly location: string | null
  readonly secret: string
  readonly version: string
  readonly crossProject: boolean
}

export interface LocalSecretReference {
  readonly provider: 'local'
  readonly name: string
}

export type SecretReference = AwsSecretReference | GcpSecretReference | LocalSecretReference
