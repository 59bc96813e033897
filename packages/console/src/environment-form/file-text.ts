/** The file next to the form: its text as typed, what part of it became the form, and what is wrong with it. Pure. */
import { readConfigYaml } from '@fairlead/config-file'
import { Name } from '@fairlead/contract/names'
import { isProblem, type Problem } from '@fairlead/contract/problems'
import type { ConfigCloud } from '@fairlead/contract/wire'
import { formOfFields, type ConfigForm } from './form.ts'
import { check } from './judge-form.ts'

export interface FileText {
  readonly text: string
  readonly problem: Problem | null
  /** False if the form could not follow the text: it is not YAML, or it has something that the form lacks. */
  readonly isForm: boolean
}

export interface ReadFile {
  readonly file: FileText
  readonly form: ConfigForm | null
}

export function readFile(text: string, name: string, cloud: ConfigCloud | null): ReadFile {
  let fields: Record<string, unknown>
  try {
    fields = readConfigYaml(name, new TextEncoder().encode(text))
  } catch (error) {
    if (!isProblem(error)) throw error
    return { file: { text, problem: error, isForm: false }, form: null }
  }
  const { problem } = check(fields, cloud)
  const form = formOfFields(fields)
  return { file: { text, problem, isForm: form !== null }, form }
}

/** The name of the environment, if it is valid in a file. */
export function fileName(environment: string): string {
  const isName = Name.safeParse(environment).success && !environment.startsWith('.')
  return `${isName ? environment : 'my_cluster_env'}.yaml`
}
