/** The state of the form and of the file next to it: one configuration, whose source is the one edited last. It is kept only in memory. */
import { useState } from 'react'
import type { FileText, ReadFile } from './file-text.ts'
import type { ConfigForm } from './form.ts'

export type FormView = 'form' | 'file'

export interface FormState {
  readonly config: ConfigForm
  readonly view: FormView
  /** The text typed as a file; null once the form was changed after it. */
  readonly file: FileText | null
  readonly changeConfig: (change: Partial<ConfigForm>) => void
  readonly takeFile: (read: ReadFile) => void
  /** Back to the last part of the file that was read. */
  readonly dropFile: () => void
  readonly setView: (view: FormView) => void
}

export function useFormState(initial: ConfigForm): FormState {
  const [config, setConfig] = useState(initial)
  const [view, setView] = useState<FormView>('form')
  const [file, setFile] = useState<FileText | null>(null)
  return {
    config,
    view,
    file,
    changeConfig(change) {
      setConfig((now) => ({ ...now, ...change }))
      setFile(null)
    },
    takeFile(read) {
      setFile(read.file)
      if (read.form !== null) setConfig(read.form)
    },
    dropFile: () => setFile(null),
    setView,
  }
}
