import type { ComponentProps } from 'preact';

/** A button with the look that all pages share. It submits no form unless its `type` says so. */
export function Button({
  class: kind = '',
  ...others
}: Omit<ComponentProps<'button'>, 'class'> & { class?: string }) {
  return <button type="button" class={`button ${kind}`.trim()} {...others} />;
}
