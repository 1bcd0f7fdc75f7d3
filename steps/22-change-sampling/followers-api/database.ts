import pg from 'pg';

const DATABASE_TIMEOUT_MS = Number(process.env.DATABASE_TIMEOUT_MS ?? 5_000);
const LOCKS = 16; // an arbitrary number that stands for the locks of this service

/** A database that keeps a copy of each list of followers. */
export interface Database {
  /** Replaces the copy of a user's list, and returns what is stored now. Throws what our caller should be told. */
  replaceFollowers(name: string, followers: string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens connections as they are needed, so that the service starts even if the database is down. */
export function openDatabase(): Database {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    connectionTimeoutMillis: DATABASE_TIMEOUT_MS,
    query_timeout: DATABASE_TIMEOUT_MS,
    max: 5,
    idleTimeoutMillis: 0, // keep connections open
  });
  // A connection broke: if it was idle, the next transaction opens another one; if it was in use, its next query fails.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  let prepared: Promise<void> | undefined;

  /** Runs some work in a transaction: all of its changes are stored, or none. */
  async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(true); // closes the connection, which also ends the transaction
      throw error;
    }
  }

  /** Creates the table once. The instances of this service may do that at the same time, so each waits for the lock. */
  function prepare(): Promise<void> {
    prepared ??= inTransaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1, 0)', [LOCKS]);
      await client.query(
        'CREATE TABLE IF NOT EXISTS followers (name text, place int, follower text, PRIMARY KEY (name, place))',
      );
    });
    prepared.catch(() => (prepared = undefined)); // the next call tries again
    return prepared;
  }
  void prepare();

  return {
    async replaceFollowers(name, followers) {
      try {
        await prepare();
        return await inTransaction(async (client) => {
          // Calls for the same user wait for each other, even if another instance handles them.
          await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCKS + 1, name]);
          await client.query('DELETE FROM followers WHERE name = $1', [name]);
          const { rows } = await client.query<{ follower: string }>(
            `INSERT INTO followers (name, place, follower)
             SELECT $1, place, follower FROM unnest($2::text[]) WITH ORDINALITY AS list (follower, place)
             RETURNING follower`,
            [name, followers],
          );
          return rows.map(({ follower }) => follower);
        });
      } catch (error) {
        throw databaseFailed(error as Error);
      }
    },
    close: () => pool.end(),
  };
}

/** What our caller is told when the database fails. */
function databaseFailed(cause: Error & { code?: string }) {
  const reason = cause.message || cause.code;
  return Object.assign(new Error(`the database failed: ${reason}`, { cause }), { statusCode: 503 });
}
