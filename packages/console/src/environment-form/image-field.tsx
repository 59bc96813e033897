/** The Docker image: its name, and the request that a registry will get. */
import { TextInput } from '@mantine/core'
import { sentence } from '../ui/sentence.ts'
import { errorOf } from './field-error.ts'
import type { FieldJudgement } from './judge-form.ts'
import { MeaningBox } from './meaning-box.tsx'
import { imageFacts } from './meaning.ts'
import { Note } from '../ui/note.tsx'

export function ImageField({
  value,
  onChange,
  judged,
  told,
  attempted,
  isFirst,
}: {
  value: string
  onChange: (value: string) => void
  judged: FieldJudgement
  told: string | undefined
  attempted: boolean
  isFirst: boolean
}) {
  return (
    <div>
      <TextInput
        label="Docker image"
        description="As you would write it for docker pull."
        placeholder="registry.example.com/team/image:tag"
        required
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data-autofocus={isFirst || undefined}
        error={errorOf(judged, told, attempted)}
      />
      <MeaningBox
        label="What the image name means"
        facts={imageFacts(value)}
        before="Shows how the name is read: registry, repository and tag."
      >
        {judged.warnings.map(({ code, detail }) => (
          <Note key={code} tone="warn">
            {sentence(detail)}
          </Note>
        ))}
      </MeaningBox>
    </div>
  )
}
