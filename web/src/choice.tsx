import { useId } from 'preact/hooks'

interface ChoiceProps<Key extends string> {
  readonly label: string
  readonly options: readonly { readonly key: Key; readonly title: string }[]
  readonly chosen: Key
  onChoose(key: Key): void
}

/** More options than this do not fit side by side. */
const mostSegments = 4

/** One of a few: segments side by side, a select when there are many, nothing when there is nothing to choose. */
export function Choice<Key extends string>({ label, options, chosen, onChoose }: ChoiceProps<Key>) {
  const id = useId()
  if (options.length < 2) return null
  if (options.length > mostSegments) {
    return (
      <label class="choice">
        <span class="choice-label">{label}</span>
        <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value as Key)}>
          {options.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
    )
  }
  return (
    <fieldset class="choice">
      <legend class="choice-label">{label}</legend>
      <div class="segments">
        {options.map(({ key, title }) => (
          <label key={key}>
            <input type="radio" name={id} checked={key === chosen} onChange={() => onChoose(key)} />
            <span>{title}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
