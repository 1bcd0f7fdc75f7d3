// The containers' health check: whether the service on $PORT answers. Plain JavaScript, since it starts every 5 s.
// The flags 00 in traceparent say "not sampled", so that the question leaves no trace.
const traceparent = `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00`;
const health = await fetch(`http://localhost:${process.env.PORT}/health`, { headers: { traceparent } });
process.exit(health.ok ? 0 : 1);
