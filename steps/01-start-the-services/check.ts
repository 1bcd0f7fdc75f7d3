import type { Lesson } from '#workshop/check/lesson';
import { responds } from '#workshop/check/judges/response';

/** Returns what is wrong with a response that should be the band Fugazi with its three reviews. */
export function faultOfBand(band: { name?: string; uuid?: string; reviews?: Review[] }) {
  if (band.name !== 'Fugazi' || !band.uuid) return { cause: 'This is not the band that run.ts asks for.' };
  const { reviews } = band;
  if (!Array.isArray(reviews))
    return { cause: 'reviews is not a list: it may be a promise that is not awaited.' };
  if (reviews.length === 0) {
    return {
      cause:
        'The list was sent before it contained the reviews: the code that fills it is not awaited (forEach does not wait).',
      file: 'reviews-api/app.ts',
    };
  }
  if (reviews.some((review) => !review.body)) {
    return {
      cause:
        'The reviews are empty objects: each is a promise that is not awaited. Await all of them: Promise.all(…).',
      file: 'reviews-api/app.ts',
    };
  }
  const bodies = reviews.map(({ body }) => body);
  if (bodies.join() === [1, 2, 3].map((n) => `This is the review ${n} of 3 for this band.`).join()) {
    return undefined;
  }
  return {
    cause:
      new Set(bodies).size === 1
        ? 'All reviews are the same object, which is overwritten for each review: create a new object for each review.'
        : 'These are not the three reviews of this band in the right order.',
    file: 'reviews-api/app.ts',
  };
}

export interface Review {
  uuid?: string;
  body?: string;
  created?: string;
}

const handler = 'The route /bands/:id no longer works as before: compare it with this step in steps/.';

export default {
  done: "both services respond, but you can't tell yet why it takes so long",
  calls: {
    'a band without reviews': { to: 'bands-api', path: '/bands/8c7d0f3a-6f0e-4b3c-9d52-1b7f5a1e4c01' },
    'an invalid UUID': { to: 'bands-api', path: '/bands/fugazi' },
  },
  expectations: [
    {
      expect: 'run.ts gets the band Fugazi with its three reviews',
      judge: responds({ status: 200, judgeBody: faultOfBand, cause: handler, file: 'bands-api/app.ts' }),
    },
    {
      expect: 'A band without reviews has an empty list of reviews',
      judge: responds(
        {
          status: 200,
          judgeBody: ({ reviews }) =>
            Array.isArray(reviews) && reviews.length === 0
              ? undefined
              : {
                  cause: 'reviews-api returns reviews for a band that has none.',
                  file: 'reviews-api/app.ts',
                },
          cause: handler,
          file: 'bands-api/app.ts',
        },
        'a band without reviews',
      ),
    },
    {
      expect: 'The response to an invalid UUID is 400 with a reason',
      judge: responds(
        {
          status: 400,
          judgeBody: ({ message }) =>
            message ? undefined : { cause: 'The body does not contain the reason as "message".' },
          cause: 'The route no longer has a schema that rejects an invalid UUID.',
          file: 'bands-api/app.ts',
        },
        'an invalid UUID',
      ),
    },
  ],
} satisfies Lesson;
