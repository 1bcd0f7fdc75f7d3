import { qrCode } from '../../../workshop/qr-code.ts';
import { element, path, picture, rect } from './svg.ts';

const SIZE_PX = 380;

/** A QR code with this text, dark on light in both themes, as cameras expect it. */
export function drawQrCode(text: string, alt: string): string {
  const { size, path: modules } = qrCode(text);
  return picture(
    { height: SIZE_PX, alt, width: SIZE_PX },
    element(
      'g',
      { transform: `scale(${SIZE_PX / size})` },
      rect(0, 0, size, size, 'qr-light'),
      path('qr-dark', modules),
    ),
  );
}
