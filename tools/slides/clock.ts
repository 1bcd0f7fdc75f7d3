/** Minutes from the beginning of the talk as hours and minutes: 0:05; with seconds if there are any: 0:32:30. */
export function clock(minutes: number): string {
  const whole = Math.floor(minutes);
  const seconds = Math.round((minutes - whole) * 60);
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  return seconds === 0 ? text : `${text}:${String(seconds).padStart(2, '0')}`;
}
