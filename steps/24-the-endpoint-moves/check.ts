import {
  countsDropped,
  exitsInTime,
  followsEndpoint,
  losesNothing,
  resumes,
} from '#workshop/check/judges/moving-endpoint';
import type { Lesson } from '#workshop/check/lesson';

const program = 'move.ts';
const services = ['bands-api', 'reviews-api'];

export default {
  done: 'the endpoint moves while services run, and no span is lost',
  programs: { [program]: { file: program, words: () => ['--calls=240', '--json'] } },
  expectations: [
    {
      expect: 'bands-api sends its spans to wherever the endpoint is',
      judge: followsEndpoint('bands-api', program),
    },
    { expect: 'So does reviews-api', judge: followsEndpoint('reviews-api', program) },
    { expect: 'A move loses no spans, and repeats none', judge: losesNothing(services, program) },
    {
      expect: 'Without an endpoint, both services respond, drop their spans, and say how many',
      judge: countsDropped(services, program),
    },
    { expect: 'When there is an endpoint again, spans arrive there', judge: resumes(services, program) },
    { expect: 'Both services exit on their own', judge: exitsInTime(services) },
  ],
} satisfies Lesson;
