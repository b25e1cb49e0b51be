import {
  type Button as ButtonElement,
  type Checkbox as CheckboxElement,
  provideVSCodeDesignSystem,
  type TextField as TextFieldElement,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { ComponentChildren, HTMLAttributes } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * The one module that knows the (archived) toolkit. Its elements keep state of their own, so the wrappers make them
 * controlled: an element shows what its `value` or `checked` says.
 */
provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeTextField());

type ToolkitElement<T extends HTMLElement> = HTMLAttributes<T> & {
  disabled?: boolean;
  appearance?: string;
  value?: string;
  placeholder?: string;
  checked?: boolean;
};
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ToolkitElement<ButtonElement>;
      'vscode-checkbox': ToolkitElement<CheckboxElement>;
      'vscode-text-field': ToolkitElement<TextFieldElement>;
    }
  }
}

export function Icon({ name }: { name: string }) {
  return <i class={`codicon codicon-${name}`} aria-hidden="true" />;
}

interface ButtonProps {
  children?: ComponentChildren;
  icon?: string;
  /** The accessible name and tooltip of a button that shows an icon only. */
  label?: string;
  appearance?: 'primary' | 'secondary' | 'icon';
  pressed?: boolean;
  /** Of a button that opens a menu. */
  expanded?: boolean;
  disabled?: boolean;
  onClick: (event: MouseEvent) => void;
}
export function Button(props: ButtonProps) {
  const { icon, label, appearance = 'secondary', pressed, expanded, disabled = false } = props;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the toolkit hands them on to the <button> inside
    <vscode-button
      class={props.children ? 'worded' : ''}
      appearance={appearance}
      disabled={disabled}
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-haspopup={expanded === undefined ? undefined : 'true'}
      onClick={props.onClick}
    >
      <div class="button-content">
        {icon && <Icon name={icon} />}
        {props.children}
      </div>
    </vscode-button>
  );
}

interface CheckboxProps {
  children: ComponentChildren;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}
export function Checkbox({ children, checked, disabled = false, onChange }: CheckboxProps) {
  const ref = useRef<CheckboxElement>(null);
  useLayoutEffect(() => {
    if (ref.current) ref.current.checked = checked;
  }, [checked]);
  // FAST also announces changes made from code; only a person's differ from what is shown.
  const changed = () => {
    const now = ref.current!.checked;
    if (now !== checked) onChange(now);
  };
  return (
    <vscode-checkbox ref={ref} disabled={disabled} onChange={changed}>
      {children}
    </vscode-checkbox>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  invalid?: boolean;
  numeric?: boolean;
  disabled?: boolean;
  onInput: (value: string) => void;
}
export function TextField({ label, value, placeholder, invalid = false, ...rest }: TextFieldProps) {
  const ref = useRef<TextFieldElement>(null);
  useLayoutEffect(() => {
    if (ref.current && ref.current.value !== value) ref.current.value = value;
  }, [value]);
  return (
    <vscode-text-field
      ref={ref}
      class={rest.numeric ? 'numeric' : ''}
      aria-label={label}
      aria-invalid={invalid}
      placeholder={placeholder}
      disabled={rest.disabled ?? false}
      onInput={() => rest.onInput(ref.current!.value)}
    />
  );
}
