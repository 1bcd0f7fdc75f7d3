import { serviceColors, serviceLooks } from '../../../workshop/trace/colors.ts';

/** The class that gives the elements of each service its color, as the custom property --service. */
export function serviceClasses(services: Iterable<string>): (service: string) => string {
  const looks = serviceLooks(services);
  return (service) => `service-${looks.get(service)?.color}`;
}

/** The CSS rules of these classes, for the light and the dark theme. */
export function serviceColorRules(): string {
  return serviceColors
    .map(
      ({ light, dark }, index) =>
        `.service-${index} { --service: ${light}; }\n[data-theme='dark'] .service-${index} { --service: ${dark}; }\n`,
    )
    .join('');
}
