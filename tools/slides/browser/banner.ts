/** Says at the foot of the page what is wrong; a later sentence takes the place of an earlier one. */
export function showFault(text: string): void {
  const banner = document.querySelector('.fault') ?? document.body.appendChild(document.createElement('p'));
  banner.className = 'fault';
  banner.setAttribute('role', 'alert');
  banner.textContent = text;
}
