import type { ReadonlySignal } from '@preact/signals';

/** The checkbox that turns live updates on and off. */
export function LiveSwitch({
  what,
  isLive,
  setLive,
}: {
  /** What appears automatically, as in "New lines appear in the list". */
  what: string;
  isLive: ReadonlySignal<boolean>;
  setLive: (live: boolean) => void;
}) {
  return (
    <label class="check" title={`${what}, unless you are reading it`}>
      <input
        type="checkbox"
        checked={isLive.value}
        onChange={({ currentTarget }) => setLive(currentTarget.checked)}
      />
      live
    </label>
  );
}
