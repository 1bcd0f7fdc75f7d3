import type { Course } from '../course/course.ts';
import { aborted } from '../command-line/interruption.ts';
import { UserError } from '../errors.ts';
import { superviseServices } from '../services/supervise.ts';
import type { SessionState } from '../viewer/lesson/session-state.ts';
import type { Published } from './published.ts';

/**
 * Supervises the services of the working copy until the signal, as npm run services does, and shows their states. If that
 * isn't possible, for example because they already run in another terminal, says so and tries again after the next save.
 */
export async function keepServices(
  { root }: Course,
  state: Published<SessionState>,
  signal: AbortSignal,
): Promise<void> {
  const onProblem = (problem: string) => {
    if (problem !== state.value.problem) console.error(problem);
    state.change({ problem });
  };
  while (!signal.aborted) {
    try {
      await superviseServices(root, signal, {
        onStates: (services) => state.change({ services, problem: '' }),
        onProblem,
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UserError)) throw error;
      state.change({ services: [] });
      onProblem(error.message);
      await Promise.race([nextSave(state), aborted(signal)]);
    }
  }
}

function nextSave(state: Published<SessionState>): Promise<void> {
  const { saves } = state.value;
  return new Promise((resolve) => {
    const unfollow = state.follow(() => {
      if (state.value.saves === saves) return;
      unfollow();
      resolve();
    });
  });
}
