import { cutTo } from './automatic-name-words.js';
import type { Profile } from './profile.js';
import type { Distinct } from './tally.js';
import { limits } from './vocabulary.js';

/** The tactics of MITRE ATT&CK in kill-chain order, in words. */
const killChain = [
  'Reconnaissance',
  'Resource development',
  'Initial access',
  'Execution',
  'Persistence',
  'Privilege escalation',
  'Defense evasion',
  'Credential access',
  'Discovery',
  'Lateral movement',
  'Collection',
  'Command and control',
  'Exfiltration',
  'Impact',
];

/**
 * Names an incident after its alerts: `head [scope] [sources]`, e.g.
 * "Multi-stage incident involving Execution & Discovery on one endpoint reported by multiple sources".
 * A single alert lends its title alone. Depends on which alerts there are, not on how they came. At most `limits.displayName` code points:
 * a head that is too long is cut. Undefined where there is no alert to name the incident after.
 */
export function automaticName(profile: Profile): string | undefined {
  if (profile.alerts === 0) return undefined;
  const suffix = profile.alerts === 1 ? '' : scope(profile) + sources(profile);
  return cutTo(limits.displayName - suffix.length, head(profile)) + suffix;
}

function head({ alerts, titles, categories }: Profile): string {
  if (titles.size === 1) return first(titles);
  if (categories.size === 0) return alerts === 1 ? 'Untitled alert' : 'Multiple alerts';
  if (categories.size === 1) return `${first(categories)} incident`;

  const shown = new Set(categories);
  const tactics = killChain.filter((tactic) => shown.has(tactic));
  const stages = [...new Set([tactics.at(0), tactics.at(-1)])].flatMap((tactic) => tactic ?? []);
  const involving = stages.length > 0 ? ` involving ${stages.join(' & ')}` : '';
  return `Multi-stage incident${involving}${shown.has('Ransomware') ? ' including Ransomware' : ''}`;
}

function scope({ devices, users }: Profile): string {
  if (devices.size > 0) return devices.size === 1 ? ' on one endpoint' : ' on multiple endpoints';
  if (users.size > 0) return users.size === 1 ? ' involving one user' : ' involving multiple users';
  return '';
}

function sources({ serviceSources, detectionSources }: Profile): string {
  return serviceSources.size > 1 || detectionSources.size > 1 ? ' reported by multiple sources' : '';
}

function first(values: Distinct): string {
  for (const value of values) return value;
  return '';
}
