import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Button, Icon } from './toolkit';

interface PopupProps {
  label: string;
  icon?: string;
  /** Drawn while open; `close` gives the focus back to the button. */
  children: (close: () => void) => ComponentChildren;
  onOpen?: () => void;
}

/** A button and what it opens below itself. Escape, or a click elsewhere, closes it. */
export function Popup({ label, icon, children, onOpen }: PopupProps) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const close = useCallback(() => {
    setOpen(false);
    frame.current?.querySelector<HTMLElement>('vscode-button')?.focus();
  }, []);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    const escaped = (event: KeyboardEvent) => event.key === 'Escape' && close();
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('keydown', escaped);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('keydown', escaped);
    };
  }, [open, close]);
  const toggle = () => {
    if (!open) onOpen?.();
    setOpen(!open);
  };
  return (
    <div class="popup" ref={frame}>
      <Button expanded={open} onClick={toggle} icon={icon}>
        {label} <Icon name="chevron-down" />
      </Button>
      {open && <div class="popup-body">{children(close)}</div>}
    </div>
  );
}

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
}

/** A menu as VS Code's own: arrow keys move, Enter selects. */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  return <Popup label={label}>{(close) => <MenuItems items={items} close={close} />}</Popup>;
}

function MenuItems({ items, close }: { items: readonly MenuItem[]; close: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => (list.current?.firstElementChild as HTMLElement | null)?.focus(), []);
  const move = (event: KeyboardEvent) => {
    const buttons = [...list.current!.children] as HTMLElement[];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
  };
  return (
    <div class="menu" role="menu" tabIndex={-1} ref={list} onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => {
            close();
            item.onSelect();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}
