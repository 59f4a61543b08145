import type { NaiveAlert } from './naive-incident.js';

const killChain = ['InitialAccess', 'Execution', 'Impact'];
const words: Readonly<Record<string, string>> = {
  InitialAccess: 'Initial access',
  Execution: 'Execution',
  Impact: 'Impact',
  Ransomware: 'Ransomware',
};

/** The grammar of names, for the alerts that this test reports. */
export function naiveName(
  alerts: readonly Pick<NaiveAlert, 'title' | 'category' | 'devices' | 'serviceSource'>[],
): string {
  if (alerts.length === 1) return alerts[0]!.title;
  const has = (category: string) => alerts.some((alert) => alert.category === category);
  const distinct = (values: readonly string[]) => [...new Set(values)];
  const titles = distinct(alerts.map(({ title }) => title));
  const categories = distinct(alerts.flatMap(({ category }) => category ?? []));
  const devices = distinct(alerts.flatMap((alert) => alert.devices));
  const sources = distinct(alerts.map(({ serviceSource }) => serviceSource));
  const tactics = killChain.filter(has).map((tactic) => words[tactic]!);

  let name = 'Multi-stage incident';
  if (titles.length === 1) name = titles[0]!;
  else if (categories.length === 0) name = 'Multiple alerts';
  else if (categories.length === 1) name = `${words[categories[0]!]!} incident`;
  else {
    if (tactics.length === 1) name += ` involving ${tactics[0]!}`;
    if (tactics.length > 1) name += ` involving ${tactics[0]!} & ${tactics.at(-1)!}`;
    if (has('Ransomware')) name += ' including Ransomware';
  }
  if (devices.length === 1) name += ' on one endpoint';
  if (devices.length > 1) name += ' on multiple endpoints';
  if (sources.length > 1) name += ' reported by multiple sources';
  return name;
}
