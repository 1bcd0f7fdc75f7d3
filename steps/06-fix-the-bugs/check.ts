import type { Lesson } from '#workshop/check/lesson';
import { answers, type Look } from '#workshop/check/see/answer';
import { overlap, wastesNoTime } from '#workshop/check/see/time';
import { faultOfBand, type Review } from '../01-start-the-services/check.ts';

// A sleep that was left in takes longer, the slowest laptop's first request does not.
const limitMs = 1_500;

const file = 'reviews-api/app.ts';
const fugazi = (look: Look) => answers({ status: 200, look, cause: 'The services fail.', file });

export default {
  done: 'the call takes well under a second, and no two reviews are the same',
  expectations: [
    {
      expect: 'The answer is still Fugazi with its three reviews',
      see: fugazi(faultOfBand),
    },
    {
      expect: 'bands-api does not wait before it asks reviews-api, nor after',
      see: wastesNoTime('bands-api', { asked: 'reviews-api', limitMs }),
    },
    {
      expect: 'reviews-api does nothing but read reviews',
      see: wastesNoTime('reviews-api', { limitMs }),
    },
    {
      expect: 'The reviews are read at the same time: their spans overlap',
      see: overlap('reviews-api'),
    },
    {
      expect: 'Each review has a uuid of its own',
      see: fugazi(({ reviews }: { reviews: Review[] }) =>
        new Set(reviews.map(({ uuid }) => uuid)).size === reviews.length
          ? undefined
          : { cause: 'A uuid is made once and shared by all reviews: make one for each review.' },
      ),
    },
    {
      expect: 'Each review says when it was created: during this call',
      see: fugazi(({ reviews }: { reviews: Review[] }, startMs) =>
        reviews.every(({ created }) => Date.parse(created ?? '') >= startMs)
          ? undefined
          : {
              cause:
                'The time is taken once, when the service starts: take it for each review (new Date() where the review is made).',
            },
      ),
    },
  ],
} satisfies Lesson;
