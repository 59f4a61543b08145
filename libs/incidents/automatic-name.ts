import type { Profile } from './profile.js';
import type { Distinct } from './tally.js';

/** The tactics of MITRE ATT&CK in kill-chain order, as Graph's `category` spells them. */
const killChain = [
  'Reconnaissance',
  'ResourceDevelopment',
  'InitialAccess',
  'Execution',
  'Persistence',
  'PrivilegeEscalation',
  'DefenseEvasion',
  'CredentialAccess',
  'Discovery',
  'LateralMovement',
  'Collection',
  'CommandAndControl',
  'Exfiltration',
  'Impact',
];

/**
 * Names an incident after its alerts: `head [scope] [sources]`, e.g.
 * "Multi-stage incident involving Execution & Discovery on one endpoint reported by multiple sources".
 * A single alert lends its title alone. Undefined where there is no alert to name the incident after.
 */
export function automaticName(profile: Profile): string | undefined {
  if (profile.alerts === 0) return undefined;
  if (profile.alerts === 1) return first(profile.titles);
  return [head(profile), scope(profile), sources(profile)].filter(Boolean).join(' ');
}

function head({ titles, categories }: Profile): string {
  if (titles.size === 1) return first(titles);
  if (categories.size === 0) return 'Multiple alerts';
  if (categories.size === 1) return `${inWords(first(categories))} incident`;

  const shown = new Set(categories);
  const tactics = killChain.filter((tactic) => shown.has(tactic));
  const stages = [...new Set([tactics.at(0), tactics.at(-1)])].flatMap((tactic) => tactic ?? []).map(inWords);
  const involving = stages.length > 0 ? ` involving ${stages.join(' & ')}` : '';
  return `Multi-stage incident${involving}${shown.has('Ransomware') ? ' including Ransomware' : ''}`;
}

function scope({ devices, users }: Profile): string {
  if (devices.size > 0) return devices.size === 1 ? 'on one endpoint' : 'on multiple endpoints';
  if (users.size > 0) return users.size === 1 ? 'involving one user' : 'involving multiple users';
  return '';
}

function sources({ serviceSources, detectionSources }: Profile): string {
  return serviceSources.size > 1 || detectionSources.size > 1 ? 'reported by multiple sources' : '';
}

/** `CommandAndControl` → `Command and control` */
function inWords(category: string): string {
  const words = category.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function first(values: Distinct): string {
  for (const value of values) return value;
  return '';
}
