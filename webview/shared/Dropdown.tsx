interface DropdownProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  disabled?: boolean;
  onChange: (value: T) => void;
}

/**
 * The browser's own list, as VS Code has it on most systems: it may reach beyond a side panel of 220 px, which the
 * toolkit's can't, and spares the 25 KB of that one.
 */
export function Dropdown<T extends string>({ label, value, options, disabled, onChange }: DropdownProps<T>) {
  return (
    <span class="dropdown">
      <select
        aria-label={label}
        title={label}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <i class="codicon codicon-chevron-down" aria-hidden="true" />
    </span>
  );
}
