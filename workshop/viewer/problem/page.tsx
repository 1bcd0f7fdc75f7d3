import { drawPage } from '../frame/frame.tsx';

drawPage(
  <div class="empty-view">
    <h1>Page not found</h1>
    <p>
      There is no page at <code>{location.pathname}</code>. The pages are <a href="/search">/search</a>,{' '}
      <a href="/logs">/logs</a>, <a href="/dependencies">/dependencies</a>,{' '}
      <a href="/indicators">/indicators</a>, /trace/ followed by a trace id, and /compare/ followed by two
      trace ids with three dots between them.
    </p>
  </div>,
);
