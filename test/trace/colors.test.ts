import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { colorIndex, serviceColors, looksTogether, serviceLooks } from '#workshop/trace/colors';

type Triple = [number, number, number];

/** Linear light of a color "#rrggbb" (IEC 61966-2-1, sRGB). */
function linear(hex: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: readonly Triple[], [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as Triple;
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Oklab (Ottosson 2020), in which distances are close to perceived differences. */
function oklab(light: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    light,
  ).map(Math.cbrt) as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** What people without red, green, or blue cones see (Machado, Oliveira, and Fernandes 2009, severity 1). */
const sights: Record<string, readonly Triple[]> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue cones': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The colors 16 to 231 of a terminal: a cube of six steps a side, as xterm defines it. */
function ansiHex(index: number): string {
  const steps = [0, 95, 135, 175, 215, 255];
  const at = index - 16;
  const channels = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => steps[step]!);
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function closestPair(colors: readonly string[], sight: readonly Triple[]): number {
  const seen = colors.map((color) =>
    oklab(times(sight, linear(color)).map((value) => Math.min(1, Math.max(0, value))) as Triple),
  );
  const distances = seen.flatMap((a, index) =>
    seen.slice(index + 1).map((b) => Math.hypot(...a.map((x, i) => x - b[i]!))),
  );
  return Math.min(...distances);
}

const palettes: [name: string, colors: string[], leastDistance: number][] = [
  ['on light', serviceColors.map(({ light }) => light), 0.1],
  ['on dark', serviceColors.map(({ dark }) => dark), 0.09],
  ['in a terminal', serviceColors.map(({ ansi256 }) => ansiHex(ansi256)), 0.075],
];

for (const [name, colors, leastDistance] of palettes) {
  for (const [cones, sight] of Object.entries(sights)) {
    test(`colors ${name} stay apart for eyes with ${cones}`, () => {
      assert.ok(closestPair(colors, sight) >= leastDistance, `closest: ${closestPair(colors, sight)}`);
    });
  }
}

test('colors have enough contrast with their background', () => {
  for (const { light, dark, ansi256 } of serviceColors) {
    assert.ok(contrast(light, '#ffffff') >= 3 && contrast(light, '#f7f7f7') >= 3, light);
    assert.ok(contrast(dark, '#1e1e1e') >= 4.5, dark);
    assert.ok(
      contrast(ansiHex(ansi256), '#000000') >= 3 && contrast(ansiHex(ansi256), '#ffffff') >= 2.6,
      `${ansi256}`,
    );
  }
});

test("the workshop's services have eight colors", () => {
  const services = ['bands-api', 'reviews-api', 'caller', 'gateway', 'checkout', 'stock'];
  assert.equal(serviceColors.length, 8);
  assert.equal(new Set(services.map(colorIndex)).size, services.length);
});

test('a service has its preferred color unless it clashes with another service', () => {
  const services = ['bands-api', 'reviews-api', 'caller', 'gateway', 'checkout', 'stock'];
  assert.deepEqual(
    serviceLooks(services),
    new Map(services.toSorted().map((name) => [name, { color: colorIndex(name), mark: 0 }])),
  );
});

test('looks do not depend on order, are unique for up to 32 services, and exist for any number', () => {
  const names = fc.uniqueArray(fc.string(), { maxLength: 40 });
  fc.assert(
    fc.property(names, (services) => {
      const looks = serviceLooks(services);
      assert.deepEqual(serviceLooks([...services.toReversed(), ...services]), looks);
      const all = [...looks.values()];
      const distinct = new Set(all.map(({ color, mark }) => `${color} ${mark}`));
      assert.equal(distinct.size, Math.min(services.length, 32));
      assert.ok(all.every(({ color, mark }) => serviceColors[color] && mark >= 0 && mark < 4));
      const plain = all.filter(({ mark }) => mark === 0);
      if (services.length <= 32) assert.equal(plain.length, Math.min(services.length, serviceColors.length));
    }),
  );
});

test('two services that prefer the same color look different, however many other services there are', () => {
  const others = Array.from({ length: 18 }, (_, index) => `service-${index}`);
  const [first, second] = others.flatMap((name, index) => {
    const same = others.slice(index + 1).find((each) => colorIndex(each) === colorIndex(name));
    return same ? [name, same] : [];
  });
  const looks = serviceLooks(others);
  assert.notDeepEqual(looks.get(first!), looks.get(second!));
});

test('a service without a clash keeps its color when other services join', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), (others) => {
      const clash = others.some(
        (name) => name !== 'bands-api' && colorIndex(name) === colorIndex('bands-api'),
      );
      fc.pre(!clash);
      const look = serviceLooks([...others, 'bands-api']).get('bands-api');
      assert.deepEqual(look, { color: colorIndex('bands-api'), mark: 0 });
    }),
  );
});

test('services that are shown together keep their colors, and have marks only if they share one', () => {
  const known = Array.from({ length: 20 }, (_, index) => `service-${index}`);
  const all = serviceLooks(known);
  const sharing = known.filter((name) => all.get(name)!.color === all.get('service-0')!.color);
  const other = known.find((name) => !sharing.includes(name))!;
  for (const name of known) {
    const alone = looksTogether([name], known).get(name);
    assert.deepEqual(alone, { color: all.get(name)!.color, mark: 0 });
  }
  assert.ok(sharing.length > 1);
  const marks = [...looksTogether([other, ...sharing], known).values()].map(({ mark }) => mark);
  assert.deepEqual(marks.toSorted(), [0, ...sharing.keys()].toSorted());
});
