import { requestsProtocol, sendsToEndpoint } from '#workshop/check/judges/endpoints';
import type { Lesson } from '#workshop/check/lesson';

export default {
  done: 'no service names the place that its spans go to',
  expectations: [
    {
      expect: 'bands-api requests the protocol otlp_grpc',
      judge: requestsProtocol('bands-api', 'otlp_grpc'),
    },
    { expect: 'It sends its spans to the endpoint that it receives', judge: sendsToEndpoint('bands-api') },
    { expect: 'reviews-api requests it too', judge: requestsProtocol('reviews-api', 'otlp_grpc') },
    { expect: 'It sends its spans to the same endpoint', judge: sendsToEndpoint('reviews-api') },
  ],
} satisfies Lesson;
