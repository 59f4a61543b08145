import { Tokens, tokenKey } from '#platform';
import type { Role, Settings } from '#platform';

interface Wanted {
  readonly as: string;
  readonly role?: readonly Role[];
  readonly name?: string;
  readonly application?: true;
  readonly hours: number;
}

export async function printToken(
  settings: Settings,
  { as, role = ['analyst'], name, application, hours }: Wanted,
): Promise<void> {
  const tokens = new Tokens(await tokenKey(settings));
  const kind = application ? 'application' : 'user';
  const token = await tokens.sign({ id: as, name: name ?? as, kind, roles: role }, Math.ceil(hours * 3_600));
  console.error(`A token for ${kind} ${as} (${role.join(', ')}), good for ${hours} h:`);
  console.log(token);
}
