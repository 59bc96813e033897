/** Judges the cloud in the form with the contract's own schema, and says how its machines will join. */
import { type Provider } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import {
  CreateCloud,
  joinMethodOf,
  type Cloud,
  type CreateCloud as CreateCloudBody,
  type JoinMethod,
} from '@fairlead/contract/wire'
import { sentence } from '../../ui/sentence.ts'
import { roleText } from './cloud-words.ts'

export interface CloudForm {
  readonly name: string
  readonly provider: Provider
  readonly region: string
  readonly accountId: string
  readonly projectId: string
  readonly projectNumber: string
  readonly nodeRole: string
  /** For your own machines it is `token`, whatever this says. */
  readonly join: JoinMethod
  /** Which pods may join; it is changed on the command line. */
  readonly kubernetes: Cloud['kubernetes']
  readonly anySecret: boolean
  readonly prefetch: boolean
}

export const emptyCloud: CloudForm = {
  name: '',
  provider: 'aws',
  region: '',
  accountId: '',
  projectId: '',
  projectNumber: '',
  nodeRole: '',
  join: 'proof',
  kubernetes: null,
  anySecret: false,
  prefetch: false,
}

/** An existing cloud, as a form. */
export function formOf(cloud: Cloud): CloudForm {
  const role = roleText(cloud)
  return {
    name: cloud.name,
    provider: cloud.provider,
    region: cloud.region ?? '',
    accountId: cloud.account_id ?? '',
    projectId: cloud.project_id ?? '',
    projectNumber: cloud.project_number ?? '',
    nodeRole: role === null || role.isDefault ? '' : role.name,
    join: cloud.join,
    kubernetes: cloud.kubernetes,
    anySecret: cloud.allow_any_secret,
    prefetch: cloud.prefetch,
  }
}

export type CloudField = 'name' | 'region' | 'account_id' | 'project_id' | 'project_number' | 'node_role' | 'join'

export interface CloudJudgement {
  readonly faults: ReadonlyMap<CloudField, string>
  /** Required fields that are empty: this is not reported before the user tries to continue. */
  readonly missing: ReadonlySet<CloudField>
  /** Null while a field has an error. */
  readonly body: CreateCloudBody | null
}

export function judgeCloud(form: CloudForm, taken: readonly Pick<Cloud, 'name'>[]): CloudJudgement {
  const body = bodyOf(form)
  const faults = new Map<CloudField, string>()
  for (const { path, message } of CreateCloud.safeParse(body).error?.issues ?? []) note(faults, path[0], message)
  if (taken.some(({ name }) => name === form.name)) note(faults, 'name', 'a cloud of this name already exists')
  try {
    joinMethodOf({ ...body, ...(form.kubernetes !== null && { kubernetes: form.kubernetes }) })
  } catch (error) {
    if (!isProblem(error)) throw error
    for (const { path, detail } of error.fields)
      note(faults, path, isField(path) ? (voucherWords[path] ?? detail) : detail)
  }
  const missing = new Set([...faults.keys()].filter((field) => body[field] === undefined || body[field] === ''))
  return { faults, missing, body: faults.size === 0 ? body : null }
}

/** Without it nothing can be proved; the API's message uses the API's field names. */
const voucherWords: Partial<Record<CloudField, string>> = {
  account_id: 'enter the account of the nodes, or let machines join with a token',
  project_id: 'enter the project of the nodes, or let machines join with a token',
}

/** The server's message, on the field that it names; null if it names none. */
export function toldFault(error: unknown): { readonly field: CloudField; readonly text: string } | null {
  if (isProblem(error, 'NAME_IN_USE')) return { field: 'name', text: sentence(error.what) }
  const [field] = isProblem(error) ? error.fields : []
  return field !== undefined && isField(field.path) ? { field: field.path, text: sentence(field.detail) } : null
}

function note(faults: Map<CloudField, string>, path: PropertyKey | undefined, text: string): void {
  if (isField(path) && !faults.has(path)) faults.set(path, sentence(text))
}

/** Only fields that the provider knows. */
function bodyOf(form: CloudForm): CreateCloudBody {
  const { name, provider, anySecret, prefetch } = form
  const typed = (fields: Record<string, string>) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const place = {
    aws: typed({ region: form.region, account_id: form.accountId, node_role: form.nodeRole }),
    gcp: typed({ project_id: form.projectId, project_number: form.projectNumber, node_role: form.nodeRole }),
    local: {},
  }[provider]
  const join = provider === 'local' ? {} : { join: form.join }
  return { name, provider, ...place, ...join, allow_any_secret: anySecret, prefetch }
}

const fieldNames = new Set<PropertyKey | undefined>([
  'name',
  'region',
  'account_id',
  'project_id',
  'project_number',
  'node_role',
  'join',
] satisfies CloudField[])

function isField(path: PropertyKey | undefined): path is CloudField {
  return fieldNames.has(path)
}
