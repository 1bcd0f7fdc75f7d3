import { request } from 'undici';

const AT_ONCE = 12;

/** The response to a request. */
export interface Reply {
  status: number;
  /** The value of its header trace-id. */
  traceId: string;
}

/**
 * Sends GET requests to instances in turn, a few at a time; if an instance doesn't respond, to the next one.
 * Throws the last error if no instance responds to a request.
 */
export async function sendAll(
  instances: readonly string[],
  paths: readonly string[],
  count: number,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  let sent = 0;
  const work = async () => {
    while (sent < count) {
      const turn = sent++;
      replies.push(await send(fromTurn(instances, turn), paths[turn % paths.length]!));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return replies;
}

/** Sends a GET request to the first instance that responds. Throws the last error if none does. */
export async function send(
  [instance, ...others]: readonly string[],
  path: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  try {
    const response = await request(`http://${instance}${path}`, { headers });
    await response.body.dump();
    return { status: response.statusCode, traceId: String(response.headers['trace-id']) };
  } catch (error) {
    if (others.length === 0) throw error;
    return send(others, path, headers);
  }
}

function fromTurn(instances: readonly string[], turn: number): string[] {
  const first = turn % instances.length;
  return [...instances.slice(first), ...instances.slice(0, first)];
}
