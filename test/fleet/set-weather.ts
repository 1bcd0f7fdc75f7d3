import assert from 'node:assert/strict';

/** Changes how slow and how unreliable a social-api is; what is left out stays as it is. */
export async function setWeather(
  socialApiUrl: string,
  weather: { delayMs?: number; jitterMs?: number; errorRate?: number },
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(weather);
  const { status } = await fetch(`${socialApiUrl}/weather`, { method: 'PUT', headers, body });
  assert.equal(status, 200);
}
