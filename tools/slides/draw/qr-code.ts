import { encode } from 'uqr';
import { element, picture } from './svg.ts';

const SIZE_PX = 380;

/** A QR code with this text, dark on light in both themes, as cameras expect it. */
export function drawQrCode(text: string, alt: string): string {
  const { data, size } = encode(text, { border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return picture(
    SIZE_PX,
    SIZE_PX,
    alt,
    element(
      'g',
      { transform: `scale(${SIZE_PX / size})` },
      element('rect', { class: 'qr-light', width: size, height: size }),
      element('path', { class: 'qr-dark', d: dark.join('') }),
    ),
  );
}
