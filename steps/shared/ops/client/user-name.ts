/** Who runs this program. os.userInfo() throws an error for a user without an entry in the system, as in a container. */
export function userName({ USER, USERNAME }: NodeJS.ProcessEnv = process.env): string {
  return USER || USERNAME || 'unknown';
}
