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
  const { children, icon, label, appearance = 'secondary', pressed, expanded, disabled = false } = props;
  const ref = useRef<ButtonElement>(null);
  // The toolkit hands neither state on to the <button> inside, which is what a screen reader sees.
  useLayoutEffect(() => {
    const button = ref.current!.shadowRoot?.querySelector('button');
    reflect(button, 'aria-pressed', pressed);
    reflect(button, 'aria-expanded', expanded);
    reflect(button, 'aria-haspopup', expanded === undefined ? undefined : true);
  }, [pressed, expanded]);
  return (
    <vscode-button
      ref={ref}
      class={`${children ? 'worded' : ''} ${pressed ? 'pressed' : ''}`}
      appearance={appearance}
      disabled={disabled}
      title={label}
      // Without one, the toolkit names every button of this appearance "Icon Button".
      aria-label={label ?? (typeof children === 'string' ? children : undefined)}
      onClick={props.onClick}
    >
      <div class="button-content">
        {icon && <Icon name={icon} />}
        {children}
      </div>
    </vscode-button>
  );
}

function reflect(element: Element | null | undefined, attribute: string, value: boolean | undefined): void {
  if (value === undefined) element?.removeAttribute(attribute);
  else element?.setAttribute(attribute, String(value));
}

interface CheckboxProps {
  children?: ComponentChildren;
  /** The accessible name where nothing stands beside it. */
  label?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}
export function Checkbox({ children, label, checked, disabled = false, onChange }: CheckboxProps) {
  const ref = useRef<CheckboxElement>(null);
  useLayoutEffect(() => {
    if (ref.current) ref.current.checked = checked;
  }, [checked]);
  // As below: without text inside it is called "Checkbox".
  useLayoutEffect(() => {
    if (label !== undefined) ref.current?.setAttribute('aria-label', label);
  }, [label]);
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
  // The toolkit names a field without text inside "Text field", whatever it was called.
  useLayoutEffect(() => ref.current?.setAttribute('aria-label', label), [label]);
  return (
    <vscode-text-field
      ref={ref}
      class={rest.numeric ? 'numeric' : ''}
      aria-invalid={invalid}
      placeholder={placeholder}
      disabled={rest.disabled ?? false}
      onInput={() => rest.onInput(ref.current!.value)}
    />
  );
}
