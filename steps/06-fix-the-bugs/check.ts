import type { Lesson } from '#workshop/check/lesson';
import { responds, type BodyJudge } from '#workshop/check/judges/response';
import { spansOverlap, hasNoIdleTime } from '#workshop/check/judges/time';
import { faultOfBand, type Review } from '../01-start-the-services/check.ts';
import { READ_MS } from '../05-find-the-slow-review/check.ts';

// Shorter than a one-second sleep that was left in, and longer than what a slow laptop adds to the work.
const limitMs = 900;
const again = 'the same call';

const file = 'reviews-api/app.ts';
const fugazi = (judgeBody: BodyJudge) =>
  responds({ status: 200, judgeBody, cause: 'A service responds with an error.', file });

/** A sentence that says how many of the three reviews have the same uuid, and which uuid it is. */
function sharedUuid(reviews: Review[]): string {
  const alike = reviews.map(({ uuid }) => reviews.filter((other) => other.uuid === uuid));
  const [{ uuid }, , third] = alike.find(({ length }) => length > 1) as [Review, Review, Review?];
  return `${third ? 'All three' : 'Two of the three'} reviews have ${uuid ? `the uuid ${uuid}` : 'no uuid'}.`;
}

export default {
  done: 'the long wait is gone, the reviews are read at the same time, and each has its own uuid and date',
  calls: {
    [again]: {
      to: 'bands-api',
      afterwards: true,
      path: '/bands/553be815-76f3-49db-b9d7-caca4b23cc3e',
      headers: { traceparent: '00-6b8f1d2c3e4a59607182930415a6b7c8-2d3c4b5a69788796-01' },
    },
  },
  expectations: [
    {
      expect: 'The response is still Fugazi with its three reviews',
      judge: fugazi(faultOfBand),
    },
    {
      expect: 'bands-api does not wait before or after it calls reviews-api',
      judge: hasNoIdleTime('bands-api', {
        called: 'reviews-api',
        limitMs,
        again,
        file: 'bands-api/reviews.ts',
      }),
    },
    {
      expect: 'reviews-api spends its time only on reading reviews',
      judge: hasNoIdleTime('reviews-api', { limitMs, again }),
    },
    {
      expect: 'The reviews are read at the same time: their spans overlap',
      judge: spansOverlap('reviews-api', { minMs: READ_MS }),
    },
    {
      expect: 'Each review has its own uuid',
      judge: fugazi(({ reviews }: { reviews: Review[] }) =>
        new Set(reviews.map(({ uuid }) => uuid)).size === reviews.length
          ? undefined
          : {
              found: sharedUuid(reviews),
              cause: 'The uuid is generated once and shared by all reviews: generate one for each review.',
            },
      ),
    },
    {
      expect: 'Each review was created during this call',
      judge: fugazi(({ reviews }: { reviews: Review[] }, startMs) =>
        reviews.every(({ created }) => Date.parse(created ?? '') >= startMs)
          ? undefined
          : {
              found: `The reviews were created at ${reviews.map(({ created }) => created).join(', ')}. The call started at ${new Date(startMs).toISOString()}.`,
              cause:
                'The time is read once, when the service starts: read it for each review (new Date() where the review is created).',
            },
      ),
    },
  ],
} satisfies Lesson;
