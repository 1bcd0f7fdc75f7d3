import { encode } from 'uqr';

/** The QR code of a text, as the path of an SVG: `size` modules wide and high, with its margin. */
export function qrCode(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return { size, path };
}
