import { grouped, percent } from '../../trace/numbers.ts';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { serviceClass } from '../frame/colors.ts';

/** All connections as a table, those with the most calls first. */
export function Calls({ data: { calls } }: { data: ServiceGraphResponse }) {
  if (calls.length === 0)
    return <p class="lead muted">No calls between services yet, or one of the two services is not traced.</p>;
  return (
    <div class="table-scroll" role="region" aria-label="Table of calls" tabIndex={0}>
      <table class="calls">
        <thead>
          <tr>
            <th scope="col">Caller</th>
            <th scope="col">Callee</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Errors
            </th>
          </tr>
        </thead>
        <tbody>
          {calls
            .toSorted((a, b) => b.calls - a.calls)
            .map(({ parent, child, calls: count, errors }) => (
              <tr key={`${parent} ${child}`}>
                <td class={`cut ${serviceClass(parent)}`}>
                  <span class="swatch" aria-hidden="true" /> <bdi title={parent}>{parent}</bdi>
                </td>
                <td class={`cut ${serviceClass(child)}`}>
                  <span class="swatch" aria-hidden="true" /> <bdi title={child}>{child}</bdi>
                </td>
                <td class="number">{grouped(count)}</td>
                <td class={errors > 0 ? 'number failed' : 'number'}>
                  {errors === 0 ? 'none' : `${grouped(errors)} (${percent(errors, count)})`}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
