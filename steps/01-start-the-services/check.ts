import type { Lesson } from '#workshop/check/lesson';
import { responds } from '#workshop/check/judges/response';

/** Says what is wrong with an answer that should be the band Fugazi with its three reviews. */
export function faultOfBand(band: { name?: string; uuid?: string; reviews?: Review[] }) {
  if (band.name !== 'Fugazi' || !band.uuid) return { cause: 'This is not the band that run.ts asks for.' };
  const { reviews } = band;
  if (!Array.isArray(reviews))
    return { cause: 'reviews is no list: it may be a promise that nobody awaits.' };
  if (reviews.length === 0) {
    return {
      cause:
        'The list went out before the reviews were in it: what fills it is not awaited (forEach does not wait).',
      file: 'reviews-api/app.ts',
    };
  }
  if (reviews.some((review) => !review.body)) {
    return {
      cause:
        'Reviews are empty objects: each is a promise that nobody awaits. Await them all: Promise.all(…).',
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
        ? 'All reviews are one and the same object, which each of them writes to: make a new one for each.'
        : 'The reviews are not the three of this band, in their order.',
    file: 'reviews-api/app.ts',
  };
}

export interface Review {
  uuid?: string;
  body?: string;
  created?: string;
}

const handler = 'The route /bands/:id does not do what it did: compare it with this step in steps/.';

export default {
  done: 'both services respond, and nothing says yet why it takes so long',
  calls: {
    'a band without reviews': { to: 'bands-api', path: '/bands/8c7d0f3a-6f0e-4b3c-9d52-1b7f5a1e4c01' },
    'an id that is no UUID': { to: 'bands-api', path: '/bands/fugazi' },
  },
  expectations: [
    {
      expect: 'run.ts gets the band Fugazi with its three reviews',
      judge: responds({ status: 200, judgeBody: faultOfBand, cause: handler, file: 'bands-api/app.ts' }),
    },
    {
      expect: 'A band that nobody has reviewed has an empty list of reviews',
      judge: responds(
        {
          status: 200,
          judgeBody: ({ reviews }) =>
            Array.isArray(reviews) && reviews.length === 0
              ? undefined
              : { cause: 'reviews-api gives reviews to a band that has none.', file: 'reviews-api/app.ts' },
          cause: handler,
          file: 'bands-api/app.ts',
        },
        'a band without reviews',
      ),
    },
    {
      expect: 'An id that is no UUID is answered with 400 and a reason',
      judge: responds(
        {
          status: 400,
          judgeBody: ({ message }) =>
            message ? undefined : { cause: 'The body says no reason as "message".' },
          cause: 'The schema of the route is gone: it is what refuses such an id.',
          file: 'bands-api/app.ts',
        },
        'an id that is no UUID',
      ),
    },
  ],
} satisfies Lesson;
