import { whatTravels } from './protocol.ts';

/** The page that a phone shows after it has scanned the QR code: how to join, and what is sent. It has neither styles nor scripts. */
export function joinPage(url: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Join the board</title>
</head>
<body>
<main>
<h1>Join the board</h1>
<p>On your laptop, run this command in the folder of the workshop. To choose a nickname, add <code>--name Ada</code>.</p>
<p><code>npm run join -- ${url}</code></p>
${whatTravels.map((text) => `<p>${text}</p>`).join('\n')}
</main>
</body>
</html>
`;
}
