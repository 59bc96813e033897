/** The contract's rules for a schema beyond its fields, as JSON Schema. Client generators ignore them. */
import { awsRegions, knownRegions } from '@fairlead/contract/names'
import { ProblemCode } from '@fairlead/contract/problems'
import {
  AwsJoinProof,
  ChangeEvent,
  CheckAdvice,
  CreateCloud,
  CreateCluster,
  StartCluster,
} from '@fairlead/contract/wire'
import type { z } from 'zod'

type Json = Record<string, unknown>

const is = (field: string, value: string): Json => ({ properties: { [field]: { const: value } } })
const has = (...fields: string[]): Json => ({ required: fields })

const when = (condition: Json, consequence: Json, otherwise: Json): Json => ({
  if: condition,
  // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
  then: consequence,
  else: otherwise,
})

/** New versions add codes: a client that does not know a code still has its title, detail and fix. */
const open = { 'x-open-enum': true, description: 'New values may be added: accept values that you do not know.' }

const json = (contentSchema: Json): Json => ({ contentMediaType: 'application/json', contentSchema })

const joinIsPossible = when(
  { ...is('join', 'token'), ...has('join') },
  { not: has('kubernetes') },
  when(
    has('kubernetes'),
    {},
    when(is('provider', 'aws'), has('account_id'), when(is('provider', 'gcp'), has('project_id'), is('join', 'token'))),
  ),
)

const namesOneBuild = when(
  has('cluster_environment'),
  { not: has('cluster_environment_build_id') },
  has('cluster_environment_build_id'),
)

export const rulesOf: ReadonlyMap<z.ZodType, Json> = new Map<z.ZodType, Json>([
  [ProblemCode, open],
  [CheckAdvice, open],
  [ChangeEvent.shape.event, open],
  [ChangeEvent.shape.data, json({ type: 'object', properties: { id: { type: 'string', maxLength: 128 } } })],
  [CreateCloud, joinIsPossible],
  [CreateCluster, namesOneBuild],
  [StartCluster, { not: has('cluster_environment', 'cluster_environment_build_id') }],
])

/** Fields filled from a static table: a request may contain one of these. */
export const valuesOf: ReadonlyMap<z.ZodType, readonly string[]> = new Map<z.ZodType, readonly string[]>([
  [CreateCloud.shape.region.unwrap(), knownRegions],
  [AwsJoinProof.shape.region, Object.values(awsRegions).flat()],
])
