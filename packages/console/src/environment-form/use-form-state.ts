/** The state of the form and of the file beside it: one configuration, of which the last that was typed in is the source. It is kept in memory alone. */
import { useState } from 'react'
import type { FileText, ReadFile } from './file-text.ts'
import type { ConfigForm } from './form.ts'

export type FormView = 'form' | 'file'

export interface FormState {
  readonly config: ConfigForm
  readonly view: FormView
  /** What was typed as a file; null once the form was changed after it. */
  readonly file: FileText | null
  readonly changeConfig: (change: Partial<ConfigForm>) => void
  readonly takeFile: (read: ReadFile) => void
  /** Back to what of the file was read last. */
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
