import { qrCode } from '../../../workshop/qr-code.ts';
import { element, path, picture } from './svg.ts';

const SIZE_PX = 380;

/** A QR code with this text, dark on light in both themes, as cameras expect it. */
export function drawQrCode(text: string, alt: string): string {
  const { size, path: modules } = qrCode(text);
  return picture(
    SIZE_PX,
    SIZE_PX,
    alt,
    element(
      'g',
      { transform: `scale(${SIZE_PX / size})` },
      element('rect', { class: 'qr-light', width: size, height: size }),
      path('qr-dark', modules),
    ),
  );
}
