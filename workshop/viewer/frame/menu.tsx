/** A menu with a label. Its first option is empty. A value that isn't among the options, such as one from a URL, is added. */
export function Menu<Value extends string>({
  label,
  name,
  value,
  options,
  none = 'any',
  textOf = (option) => option,
  onChoose,
  disabled = false,
  class: classes,
}: {
  label: string;
  name: string;
  value: Value | '';
  options: readonly Value[];
  /** The text of the empty option. */
  none?: string;
  textOf?: (option: Value) => string;
  onChoose: (value: Value | '') => void;
  disabled?: boolean;
  class?: string;
}) {
  const offered = value === '' || options.includes(value) ? options : [...options, value];
  return (
    <label class={classes}>
      {label}
      <select
        name={name}
        value={value}
        disabled={disabled}
        onChange={({ currentTarget }) => onChoose(currentTarget.value as Value | '')}
      >
        <option value="">{none}</option>
        {offered.map((option) => (
          <option key={option} value={option}>
            {textOf(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
