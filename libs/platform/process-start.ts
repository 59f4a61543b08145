import { readFileSync } from 'node:fs';

/**
 * When a process started, as a text that no other process with its pid shares, also not after a restart of the machine or of the
 * container; empty where there is no such process, or where the system does not tell (it is Linux that does).
 */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`; // the name in brackets may hold blanks
  } catch {
    return '';
  }
}
