/** The fields of a cloud: those that its provider needs, and how machines join it. */
import { awsRegions, type Provider } from '@fairlead/contract/names'
import { Checkbox, NativeSelect, Radio, TextInput, type TextInputProps } from '@mantine/core'
import { Note } from '../../ui/note.tsx'
import classes from './cloud-form.module.css'
import type { CloudField, CloudForm } from './judge-cloud.ts'

interface FieldsProps {
  readonly form: CloudForm
  readonly onChange: (changed: Partial<CloudForm>) => void
  readonly faultOf: (field: CloudField) => string | null
  /** A cloud that exists keeps its provider. */
  readonly isProviderFixed?: boolean
}

const providers: readonly { readonly value: Provider; readonly label: string; readonly description: string }[] = [
  { value: 'aws', label: 'AWS', description: 'Nodes read secrets from AWS Secrets Manager, with their role.' },
  {
    value: 'gcp',
    label: 'Google Cloud',
    description: 'Nodes read secrets from Google Secret Manager, with their service account.',
  },
  { value: 'local', label: 'Your own machines', description: 'Nodes read secrets from a local folder.' },
]

export function CloudFields(props: FieldsProps) {
  const { form, onChange, faultOf } = props
  return (
    <>
      <TextInput
        label="Name"
        placeholder="prod"
        required
        autoComplete="off"
        spellCheck={false}
        value={form.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={faultOf('name')}
      />
      {props.isProviderFixed !== true && <ProviderField {...props} />}
      {form.provider === 'aws' && <AwsFields {...props} />}
      {form.provider === 'gcp' && <GcpFields {...props} />}
      <JoinField {...props} />
      <SecretsField {...props} />
      <ImagesField {...props} />
    </>
  )
}

function ProviderField({ form, onChange }: FieldsProps) {
  return (
    <Radio.Group label="Provider" value={form.provider} onChange={(value) => onChange({ provider: value })}>
      <div className={classes.choices}>
        {providers.map(({ value, label, description }) => (
          <Radio key={value} value={value} label={label} description={description} />
        ))}
      </div>
    </Radio.Group>
  )
}

function AwsFields(props: FieldsProps) {
  const { form, onChange, faultOf } = props
  return (
    <>
      <div className={classes.pair}>
        <IdField
          {...props}
          name="accountId"
          field="account_id"
          label="Account"
          description="The 12-digit account id of the nodes."
          placeholder="111122223333"
          inputMode="numeric"
        />
        <NativeSelect
          label="Region"
          description="Secret names without a region are looked up here."
          value={form.region}
          onChange={(event) => onChange({ region: event.currentTarget.value })}
          error={faultOf('region')}
        >
          <option value="">Choose a region</option>
          {Object.entries(awsRegions).map(([partition, regions]) => (
            <optgroup key={partition} label={partition}>
              {regions.map((region) => (
                <option key={region}>{region}</option>
              ))}
            </optgroup>
          ))}
        </NativeSelect>
      </div>
      <IdField
        {...props}
        name="nodeRole"
        field="node_role"
        label="Role of the nodes"
        description="The name of the IAM role in their instance profile, not its ARN."
        placeholder="cld_…-cluster_node_role, with the id of the cloud"
      />
      {(form.region === '' || form.accountId === '') && (
        <Note tone="plain">Without account and region, no policy for the nodes can be generated.</Note>
      )}
    </>
  )
}

function GcpFields(props: FieldsProps) {
  return (
    <>
      <div className={classes.pair}>
        <IdField
          {...props}
          name="projectId"
          field="project_id"
          label="Project"
          description="The project id of the nodes."
          placeholder="my-project"
        />
        <IdField
          {...props}
          name="projectNumber"
          field="project_number"
          label="Project number"
          description="Needed if secrets are named with the number instead of the id."
          inputMode="numeric"
        />
      </div>
      <IdField
        {...props}
        name="nodeRole"
        field="node_role"
        label="Service account of the nodes"
        description="Its e-mail."
        placeholder="cld-…@my-project.iam.gserviceaccount.com, with the id of the cloud"
      />
    </>
  )
}

interface IdFieldProps
  extends FieldsProps, Pick<TextInputProps, 'label' | 'description' | 'placeholder' | 'inputMode'> {
  readonly name: 'accountId' | 'nodeRole' | 'projectId' | 'projectNumber'
  readonly field: CloudField
}

/** What the cloud's provider calls something. */
function IdField({ form, onChange, faultOf, name, field, label, description, placeholder, inputMode }: IdFieldProps) {
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      inputMode={inputMode}
      autoComplete="off"
      spellCheck={false}
      value={form[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value.trim() })}
      error={faultOf(field)}
    />
  )
}

function JoinField({ form, onChange, faultOf }: FieldsProps) {
  if (form.provider === 'local') {
    return (
      <Note tone="plain">
        {form.kubernetes === null
          ? 'Machines join with a token that an admin creates: it works for one machine, once, within 15 minutes.'
          : 'Pods of its Kubernetes cluster join with their service account token.'}
      </Note>
    )
  }
  const vouches = form.provider === 'aws' ? 'AWS' : 'Google Cloud'
  return (
    <>
      <Radio.Group
        label="How machines join"
        value={form.join}
        onChange={(value) => onChange({ join: value })}
        error={faultOf('join')}
      >
        <div className={classes.choices}>
          <Radio
            value="proof"
            label="By cloud identity (recommended)"
            description={`${vouches} vouches for them. No token is needed.`}
          />
          <Radio
            value="token"
            label="With a token"
            description="An admin creates one for each machine; it works once, within 15 minutes."
          />
        </div>
      </Radio.Group>
      {form.join === 'token' && (
        <Note tone="warn">
          Anyone with a join token can join any machine. With cloud identity, the cloud vouches for each machine.
        </Note>
      )}
    </>
  )
}

function ImagesField({ form, onChange }: FieldsProps) {
  return (
    <div className={classes.choices}>
      <Checkbox
        label="Prefetch images"
        description="Idle nodes download the image of each new build once it is checked, so that a cluster starts without a pull."
        checked={form.prefetch}
        onChange={(event) => onChange({ prefetch: event.currentTarget.checked })}
      />
    </div>
  )
}

function SecretsField({ form, onChange }: FieldsProps) {
  return (
    <div className={classes.choices}>
      <Checkbox
        label="Allow any secret"
        description="Otherwise you grant each secret, or all below a prefix."
        checked={form.anySecret}
        onChange={(event) => onChange({ anySecret: event.currentTarget.checked })}
      />
      {form.anySecret && (
        <Note tone="warn">Everybody who may build in this cloud can use any secret that its nodes can read.</Note>
      )}
    </div>
  )
}
