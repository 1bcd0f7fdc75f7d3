/** The links of spans, from both of their ends. */
import { computed, signal } from '@preact/signals';
import { traceUrl } from '../../trace/ids.ts';
import type { Span } from '../../trace/model.ts';
import { counted } from '../../trace/numbers.ts';
import type { LinkedSpan, LinkedSpans } from '../../trace/page-data.ts';
import { shownId } from '../frame/short-ids.ts';
import { AttributeTable, DroppedAttributes } from './attributes.tsx';

/** The spans at the other ends of the links. */
export const linked = signal<LinkedSpans>({ targets: [], backlinks: [] });

const addressOf = ({ traceId, spanId }: { traceId: string; spanId: string }) => `${traceId} ${spanId}`;
const targets = computed(() => new Map(linked.value.targets.map((span) => [addressOf(span), span])));
const backlinksOf = ({ spanId }: Span) => linked.value.backlinks.filter(({ to }) => to === spanId);

/** How many links a span has, and how many lead to it; for its row. */
export function LinkBadge({ span }: { span: Span }) {
  const from = span.links.length;
  const to = backlinksOf(span).length;
  if (from + to === 0) return null;
  const parts = [from > 0 && `→ ${from}`, to > 0 && `← ${to}`].filter(Boolean).join(' ');
  const words = [
    from > 0 && `${counted(from, 'link')} to other spans`,
    to > 0 && `${counted(to, 'link')} from other spans`,
  ];
  const text = words.filter(Boolean).join(', ');
  return (
    <span class="link-badge" title={text}>
      <span aria-hidden="true">{parts}</span>
      <span class="hidden-text">{text}</span>
    </span>
  );
}

/** The spans to which a span links, with the attributes of the links, and those that link to it. */
export function LinkSections({ span }: { span: Span }) {
  const from = backlinksOf(span);
  return (
    <>
      {span.links.length > 0 && (
        <section class="detail-section">
          <h2>
            Links <small>{span.links.length}</small>
          </h2>
          <ul class="link-list">
            {span.links.map((link, index) => (
              <li key={index}>
                <SpanLink {...link} {...targets.value.get(addressOf(link))} />
                <small>
                  <DroppedAttributes count={link.droppedAttributes} />
                </small>
                {link.attributes && <AttributeTable attributes={Object.entries(link.attributes)} />}
              </li>
            ))}
          </ul>
        </section>
      )}
      {from.length > 0 && (
        <section class="detail-section">
          <h2>
            Linked from <small>{from.length}</small>
          </h2>
          <ul class="link-list">
            {from.map((source) => (
              <li key={addressOf(source)}>
                <SpanLink {...source} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** A link to a span, with its service and name if they are known. */
function SpanLink({
  traceId,
  spanId,
  service,
  name,
}: Pick<LinkedSpan, 'traceId' | 'spanId'> & Partial<LinkedSpan>) {
  return (
    <a href={traceUrl(traceId, spanId)}>
      {name !== undefined && (
        <>
          <bdi>{service}</bdi>: <bdi>{name}</bdi>,{' '}
        </>
      )}
      span <code>{spanId}</code> of trace <code>{shownId(traceId)}</code>
    </a>
  );
}
