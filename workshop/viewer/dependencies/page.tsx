import { counted } from '../../trace/numbers.ts';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { setServices } from '../frame/colors.ts';
import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { poll } from '../frame/live.ts';
import { Menu } from '../frame/menu.tsx';
import { Button } from '../frame/button.tsx';
import { Calls } from './calls.tsx';
import { ServiceGraph } from './graph.tsx';
import { shortName } from './layout.ts';
import { isTooLarge } from './neighborhood.ts';
import { choose, chosen, part, problem, response, showWhole, view, zoomBy } from './state.ts';

const ZOOM_STEP = 1.5;

function ServiceGraphPage() {
  if (problem.value) return <p class="empty-view">{problem}</p>;
  if (!response.value) return null;
  if (response.value.services.length === 0) {
    return (
      <div class="empty-view">
        <h1>No service has sent a span yet</h1>
        <p>Make a traced call, and the service graph appears here:</p>
        <pre>
          <code>npx tsx run.ts</code>
        </pre>
      </div>
    );
  }
  return (
    <>
      <h1 class="hidden-text">Service graph</h1>
      <Lead data={response.value} />
      <GraphTools data={response.value} />
      <ServiceGraph />
      <Calls data={response.value} />
    </>
  );
}

/** What the graph shows, in words. */
function Lead({ data }: { data: ServiceGraphResponse }) {
  const { around, services, leftOut } = part.value!;
  const name = <bdi title={around}>{shortName(around)}</bdi>;
  return (
    <p class="lead muted">
      {around === '' && 'Which service calls which, in all traces. Choose a service to see only its calls.'}
      {around !== '' && services.length === 0 && <>No service is called {name}.</>}
      {services.length > 0 && chosen.value !== '' && <>The calls from and to {name}, in all traces.</>}
      {around !== '' && chosen.value === '' && (
        <>
          {counted(data.services.length, 'service')} and {counted(data.calls.length, 'connection')} are too
          many for one drawing, so it shows the calls from and to {name}. Choose another service to see its
          calls.
        </>
      )}
      {leftOut > 0 && ` ${counted(leftOut, 'connection')} with fewer calls are only in the table.`}
    </p>
  );
}

function GraphTools({ data }: { data: ServiceGraphResponse }) {
  const { around } = part.value!;
  const isWhole = view.value.scale === 1;
  return (
    <div class="graph-tools strip">
      <Menu
        class="check"
        label="Calls of"
        name="service"
        value={chosen.value}
        options={data.services.map(({ name }) => name)}
        none={isTooLarge(data) ? 'the service with the most connections' : 'all services'}
        onChoose={choose}
      />
      {around !== '' && (
        <a class="button" href={`/search?${new URLSearchParams({ service: around })}`}>
          Search its traces
        </a>
      )}
      <div class="zoom" role="group" aria-label="Zoom">
        <Button
          aria-label="Zoom out"
          title="Zoom out (-)"
          aria-disabled={isWhole}
          onClick={() => zoomBy(1 / ZOOM_STEP)}
        >
          −
        </Button>
        <Button
          aria-label="Zoom in"
          title="Zoom in (+), or turn the wheel while you hold Ctrl or ⌘"
          onClick={() => zoomBy(ZOOM_STEP)}
        >
          +
        </Button>
        <Button title="Show the whole graph (0)" aria-disabled={isWhole} onClick={showWhole}>
          Whole graph
        </Button>
      </div>
    </div>
  );
}

bindKeys(
  { keys: ['+', '='], description: 'zoom in', run: () => zoomBy(ZOOM_STEP) },
  { keys: ['-'], description: 'zoom out', run: () => zoomBy(1 / ZOOM_STEP) },
  { keys: ['0'], description: 'the whole graph', run: showWhole },
  {
    keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    description: 'move the graph, when it has the focus and is zoomed',
  },
);
poll<ServiceGraphResponse>(
  () => '/viewer/dependencies',
  (next) => {
    problem.value = next.problem;
    if (!next.data) return;
    setServices(next.data.services.map(({ name }) => name));
    response.value = next.data;
  },
);
drawPage(<ServiceGraphPage />);
